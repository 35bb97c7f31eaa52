"""From a proved address to a member."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.credentials import password_validation
from accounts.erasure import start_erasure
from accounts.errors import EmailTaken, ProofInvalid, TermsOutdated
from accounts.member_data_registry import is_email_refused
from accounts.models import Member, VerificationCode


def sign_up(proof: str, password: str, terms_version: str, **profile: Any) -> Member:
    """The new member; a refusal leaves the proof as good as it was.

    Raises ProofInvalid, TermsOutdated, EmailTaken, or ValidationError for a password that is not taken. The
    erasure of a withdrawn account of the same address starts at once: whoever proves the address may start anew.
    """
    if terms_version != settings.TERMS_VERSION:
        raise TermsOutdated
    accepted = {"terms_version": terms_version, "terms_accepted_at": timezone.now()}
    return _join(
        lambda: VerificationCode.objects.get_by_proof(proof, VerificationCode.SIGN_UP),
        password,
        password_validation.check,
        **accepted,
        **profile,
    )


def sign_up_confirmed(email: str, password: str, terms_version: str, **profile: Any) -> Member:
    """As `sign_up`, for a client that keeps no proof, shows terms of its own, and has its own rule for passwords.

    It is enough that a code was confirmed for the address (purpose JOIN) within VERIFICATION_PROOF_SECONDS; of
    the password only the list of common ones is asked.
    """
    accepted = {"terms_version": terms_version, "terms_accepted_at": timezone.now()}
    return _join(
        lambda: VerificationCode.objects.get_confirmed(email, VerificationCode.JOIN),
        password,
        password_validation.refuse_common,
        **accepted,
        **profile,
    )


def _join(
    find: Callable[[], VerificationCode], password: str, check: Callable[[str, Member], None], **fields: Any
) -> Member:
    # Slow on purpose, so before the transaction, which holds locks.
    hashed = make_password(password)
    with transaction.atomic():
        code = find()
        check(password, Member(email=code.email, **fields))
        _make_room(code)
        # After an old account of the address is erased, which may be what bans it; its transaction ends here.
        if is_email_refused(code.email):
            raise EmailTaken
        code.delete()
        return _create(email=code.email, password=hashed, **fields)


def _create(**fields: Any) -> Member:
    try:
        with transaction.atomic():
            member: Member = Member.objects.create(**fields)
            return member
    except IntegrityError:
        raise EmailTaken from None


def _make_room(code: VerificationCode) -> None:
    member = Member.objects.select_for_update().filter(email=code.email).first()
    if member is None:
        return
    # Nobody sheds a suspension by leaving and joining anew.
    if member.withdrawn_at is None or member.is_suspended:
        raise EmailTaken
    # Confirmed before its owner left, so for another purpose than to start anew: where the address is all that a
    # client shows, anybody could erase the account with it.
    if code.confirmed_at is None or code.confirmed_at < member.withdrawn_at:
        raise ProofInvalid
    start_erasure(member)
