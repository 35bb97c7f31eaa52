"""Change of the e-mail address. It records a security event and sends an e-mail to both addresses."""

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from accounts.errors import EmailTaken
from accounts.member_data_registry import handle_former_email
from accounts.models import Member, SecurityEvent, VerificationCode


def change_email(member: Member, email: str, typed: str) -> Member:
    """Change the e-mail address to the one the code was sent to, notify both, and return the member.

    Raises as `VerificationCode.objects.check_code` does, and EmailTaken when another member has the address.
    """
    code = VerificationCode.objects.check_code(typed, VerificationCode.NEW_EMAIL, email, member)
    with transaction.atomic():
        locked: Member = get_object_or_404(Member.objects.select_for_update(), pk=member.pk)
        VerificationCode.objects.consume(code)
        former = locked.email
        _set_email(locked, code.email)
        # Codes that were sent to the former address must not be usable any more.
        VerificationCode.objects.filter(email=former).delete()
        locked.codes.all().delete()
        handle_former_email(locked, former)
        SecurityEvent.objects.record_and_notify(locked, SecurityEvent.EMAIL_CHANGED, former_email=former)
        return locked


def _set_email(member: Member, email: str) -> None:
    try:
        with transaction.atomic():
            member.update(email=email)
    except IntegrityError:
        raise EmailTaken from None
