"""Jobs that copy and delete reported images, and send e-mails about decisions."""

from typing import Any

from accounts.models import Member
from libs.outbox.registry import handles
from media.storage import image_files
from moderation.emails import send_decision, send_outcome
from moderation.models import Decision, Report, ReportedImage


# The second kind is that of the release before, whose jobs may still wait.
@handles("moderation.copy_reported_images", lane="files")
@handles("moderation.copy_pictures", lane="files")
def copy_reported_images(payload: dict[str, Any]) -> None:
    """Copy reported images into private storage. Raises StorageUnavailable to be retried."""
    waiting = ReportedImage.objects.filter(pk__in=_ids(payload), private_at=None, discarded_at=None)
    for reported in waiting.select_related("image"):
        data = reported.read()
        if data is None:
            # Storage has lost it, and waiting for it would keep its row for good.
            ReportedImage.objects.filter(pk=reported.pk).discard()
            continue
        image_files.save_private(reported.key, data)
        if not reported.release_original():
            # It was discarded meanwhile, and its deletion may have run before this file was stored.
            image_files.delete_private([reported.key])
        # An earlier release stored the copy where anybody may read it.
        image_files.delete_variants([reported.key])


@handles("moderation.delete_reported_images", lane="bulk")
@handles("moderation.delete_pictures", lane="bulk")
def delete_reported_images(payload: dict[str, Any]) -> None:
    """Delete files, then rows, of discarded copies. Raises StorageUnavailable to be retried."""
    discarded = ReportedImage.objects.filter(pk__in=_ids(payload), discarded_at__isnull=False)
    keys = list(discarded.values_list("key", flat=True))
    image_files.delete_private(keys)
    image_files.delete_variants(keys)
    discarded.delete()


@handles("moderation.mail_decision", lane="email")
def mail_decision(payload: dict[str, Any]) -> None:
    """Send the member whom a decision concerns the statement of its reasons; nothing to one who is erased."""
    decision = Decision.objects.filter(pk=payload["decision_id"]).first()
    member = decision and Member.objects.not_erased().filter(pk=decision.member_id).first()
    if decision and member:
        send_decision(decision, member)


@handles("moderation.mail_outcome", lane="email")
def mail_outcome(payload: dict[str, Any]) -> None:
    """Send a reporter the outcome of their report, unless it was reopened or they are erased meanwhile."""
    closed = Report.objects.filter(pk=payload["report_id"], decision_id=payload["decision_id"])
    report = closed.select_related("reporter").first()
    if report and report.reporter and report.reporter.erasure_started_at is None:
        send_outcome(report, report.reporter)


def _ids(payload: dict[str, Any]) -> list[int]:
    ids: list[int] = payload["reported_image_ids"] if "reported_image_ids" in payload else payload["picture_ids"]
    return ids
