"""What this app contributes to a member's erasure and data export, and to sign-up."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils import translation

from accounts.exports.contents import iterate_by_id
from accounts.member_data_registry import (
    ErasureStage,
    add_email_check,
    add_erasure_step,
    add_export_file,
    add_former_email_handler,
)
from accounts.models import Member
from accounts.text_checks import add_text_check, add_text_review
from media.orphans import PRIVATE, ImageFolder, add_image_folder
from moderation import erasure
from moderation.models import Appeal, BannedAddress, Decision, Report, ReportedImage
from moderation.statements import Statement
from moderation.words import refuse_text, report_texts


def export_reports(member: Member) -> Iterator[dict[str, Any]]:
    """The member's own reports: their words, without the snapshot of what they reported."""
    for report in iterate_by_id(Report.objects.filter(reporter=member.pk)):
        fields = {name: getattr(report, name) for name in ("about", "reason", "text", "state", "created_at")}
        yield {"id": str(report.pk), **fields}


def export_decisions(member: Member) -> Iterator[dict[str, Any]]:
    """Decisions that concern the member, as they were told of them; none names a moderator."""
    for decision in iterate_by_id(Decision.objects.concerning(member).filter(is_notified=True)):
        with translation.override(member.language):
            row = Statement.of(decision).to_representation()
        yield row


def export_appeals(member: Member) -> Iterator[dict[str, Any]]:
    """The member's appeals, and whether they were upheld."""
    for appeal in iterate_by_id(Appeal.objects.filter(member=member.pk)):
        fields = {name: getattr(appeal, name) for name in ("text", "state", "created_at", "decided_at")}
        yield {"id": str(appeal.pk), "decision_id": str(appeal.decision_id), **fields}


def stored_copies() -> models.QuerySet[ReportedImage]:
    """Copies of reported images whose files are in private storage."""
    return ReportedImage.objects.filter(private_at__isnull=False, discarded_at=None)


add_erasure_step(ErasureStage.REPORTS, erasure.detach_reports_on)
add_erasure_step(ErasureStage.REPORTS, erasure.detach_reports_by)
add_erasure_step(ErasureStage.REPORTS, erasure.forget_reports_on)
add_erasure_step(ErasureStage.REPORTS, erasure.clear_texts_by)
add_erasure_step(ErasureStage.REPORTS, erasure.clear_decisions_on)
add_erasure_step(ErasureStage.REPORTS, erasure.clear_decisions_by)
add_erasure_step(ErasureStage.REPORTS, erasure.anonymize_admin_log)
add_export_file("reports", export_reports)
add_export_file("decisions", export_decisions)
add_export_file("appeals", export_appeals)
add_email_check(BannedAddress.objects.is_banned)
# Or moving to another address first, and withdrawing then, would shed the ban.
add_former_email_handler(erasure.ban_former_address)
add_text_check(refuse_text)
add_text_review(report_texts)
add_image_folder(ImageFolder(PRIVATE, "reports/", ReportedImage.objects.all, stored_copies))
