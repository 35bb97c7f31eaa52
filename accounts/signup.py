"""From a proved address to a member."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import erasure, passwords
from accounts.errors import EmailTaken, TermsOutdated
from accounts.models import Member, VerificationCode


def sign_up(proof: str, password: str, terms_version: str, **profile: Any) -> Member:
    """The new member; a refusal leaves the proof as good as it was.

    Raises ProofInvalid, TermsOutdated, EmailTaken, or ValidationError for a password that is not taken. A withdrawn
    account of the same address is erased at once: whoever proves the address may start anew.
    """
    if terms_version != settings.TERMS_VERSION:
        raise TermsOutdated
    try:
        with transaction.atomic():
            code = VerificationCode.objects.proved(proof, VerificationCode.SIGN_UP)
            passwords.check(password, Member(email=code.email, **profile))
            _make_room(code.email)
            code.delete()
            accepted = {"terms_version": terms_version, "terms_accepted_at": timezone.now()}
            return Member.objects.create_user(code.email, password, **profile, **accepted)
    except IntegrityError:
        raise EmailTaken from None


def _make_room(email: str) -> None:
    member = Member.objects.select_for_update().filter(email=email).first()
    if member is None:
        return
    if member.withdrawn_at is None:
        raise EmailTaken
    erasure.erase(member)
