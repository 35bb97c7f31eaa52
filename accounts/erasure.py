"""The end of a member: everything of theirs goes, pictures in storage included.

Each app's steps (see accounts.member_data_registry) run in the order of their stages; the member goes last.
"""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.member_data_registry import erasure_steps
from accounts.models import Avatar, Member, VerificationCode
from media.models import Image

log = structlog.get_logger("erasure")


@transaction.atomic
def erase(member: Member) -> None:
    """Remove a member and all that is theirs; the files follow by the outbox."""
    # Ending the sessions writes revocation markers: an access token must not outlive its member.
    member.sessions.end("erased")
    for step in erasure_steps():
        step(member)
    Avatar.objects.filter(member=member).delete()
    Image.objects.discard(Image.objects.filter(owner=member).values_list("id", flat=True))
    OutstandingToken.objects.filter(user=member.pk).delete()
    VerificationCode.objects.filter(email=member.email).delete()
    member.delete()


def due() -> list[int]:
    """The ids of withdrawn members whose days of grace are over."""
    limit = timezone.now() - timedelta(days=settings.WITHDRAWAL_GRACE_DAYS)
    return list(Member.objects.filter(withdrawn_at__lte=limit).values_list("id", flat=True))


def erase_due() -> int:
    """Erase every member whose days of grace are over, each in a transaction of their own; says how many.

    One who cannot be erased keeps nobody else from it; what the database said of the first is raised at the end.
    """
    erased, faults = 0, []
    for member_id in due():
        try:
            erased += _erase_withdrawn(member_id)
        except DatabaseError as fault:
            log.exception("member not erased", member=member_id)
            faults.append(fault)
    if faults:
        raise faults[0]
    return erased


@transaction.atomic
def _erase_withdrawn(member_id: int) -> bool:
    member = Member.objects.select_for_update().filter(pk=member_id, withdrawn_at__isnull=False).first()
    if member is not None:
        erase(member)
    return member is not None
