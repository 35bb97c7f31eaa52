"""Erase withdrawn members for good.

One short transaction makes everything of a member unreachable. Jobs then delete their data in chunks, each in a
transaction that enqueues the next one, and the member's own row last. What to delete is in each app's `member_data.py`.
"""

from datetime import timedelta
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.member_data_registry import erasure_steps, handle_former_email
from accounts.models import Member, VerificationCode
from libs.change_log import log_changes
from libs.outbox.models import Job
from libs.outbox.queue import enqueue

JOB = "accounts.erase_member"
# Records that one step deletes in one job, so that each transaction takes about a second at most.
CHUNK = 500

log = structlog.get_logger("erasure")


def start_erasure(member: Member) -> None:
    """Make everything of a member unreachable and enqueue its deletion, in the caller's transaction.

    The caller holds the lock on the member's row. Sessions end, the withdrawal cannot be cancelled, no password logs
    in, and the e-mail address is free for a new member. The number of statements does not depend on what there is.
    """
    former_email = member.email
    member.sessions.end("erased")
    handle_former_email(member, former_email)
    VerificationCode.objects.filter(Q(email=former_email) | Q(member=member.pk)).delete()
    now = timezone.now()
    # No mail reaches this address (RFC 2606, 2), and nobody can guess it.
    member.email = f"{uuid4().hex}@erased.invalid"
    member.set_unusable_password()
    member.withdrawn_at, member.erasure_started_at = member.withdrawn_at or now, now
    member.save(update_fields=["email", "password", "withdrawn_at", "erasure_started_at"])
    log_changes("member", [member.pk])
    enqueue(JOB, {"member_id": member.pk})
    # The log outlives the database: after a restore of an older one, these members are erased again (docs/backup.md).
    transaction.on_commit(lambda: log.info("erasure started", member=member.pk))


@transaction.atomic
def erase_at_once(member_id: int) -> bool:
    """Start the erasure of a member without a grace period; False for one who is gone or being erased already."""
    member: Member | None = Member.objects.not_erased().select_for_update().filter(pk=member_id).first()
    if member is None:
        return False
    start_erasure(member)
    return True


@transaction.atomic
def erase_chunk(member_id: int) -> None:
    """Delete the next chunk of a member's data and enqueue the next job; when nothing is left, delete the member."""
    started = Member.objects.filter(erasure_started_at__isnull=False)
    member = started.select_for_update().filter(pk=member_id).first()
    if member is None:
        return
    if any(step(member, CHUNK) for step in erasure_steps()):
        enqueue(JOB, {"member_id": member_id})
    else:
        member.delete()


def due_member_ids() -> list[int]:
    """The ids of members whose grace period is over, and of those whose erasure has started but has no job any more."""
    waiting = Job.objects.waiting().filter(kind=JOB).values_list("payload", flat=True)
    with_job = {payload["member_id"] for payload in waiting}
    return [pk for pk in Member.objects.filter(_is_due()).values_list("pk", flat=True) if pk not in with_job]


def start_due_erasures(*, dry: bool = False) -> int:
    """Start or resume the erasure of all due members, each in a transaction of its own; returns how many.

    A member for whom this fails stops no other; the first error is raised at the end. With `dry` they are only counted.
    """
    if dry:
        return len(due_member_ids())
    number, errors = 0, []
    for member_id in due_member_ids():
        try:
            number += _start_or_resume(member_id)
        except DatabaseError as error:
            log.exception("erasure not started", member=member_id)
            errors.append(error)
    if errors:
        raise errors[0]
    return number


def _is_due() -> Q:
    limit = timezone.now() - timedelta(days=settings.WITHDRAWAL_GRACE_DAYS)
    return Q(withdrawn_at__lte=limit) | Q(withdrawn_at__isnull=False, erasure_started_at__isnull=False)


@transaction.atomic
def _start_or_resume(member_id: int) -> bool:
    member = Member.objects.filter(_is_due()).select_for_update().filter(pk=member_id).first()
    if member is None:
        return False
    if member.erasure_started_at is None:
        start_erasure(member)
    else:
        enqueue(JOB, {"member_id": member.pk})
    return True
