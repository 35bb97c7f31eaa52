"""Sign-up: from a confirmed e-mail address to a member."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.credentials.password_validation import reject_guessable_password, validate_new_password
from accounts.erasure import start_erasure
from accounts.errors import EmailTaken, ProofInvalid
from accounts.member_data_registry import is_email_refused
from accounts.models import Member, VerificationCode
from accounts.models.member import check_terms_version


def sign_up(proof: str, password: str, terms_version: str, **profile: Any) -> Member:
    """Create a member from the proof of an e-mail address; after a refusal the proof is still valid.

    Raises ProofInvalid, TermsOutdated, EmailTaken, or ValidationError for a password that is not accepted. If a
    withdrawn member has the address, their erasure starts at once: whoever proves the address may start anew.
    """
    check_terms_version(terms_version)
    VerificationCode.objects.email_of_proof(proof, VerificationCode.SIGN_UP)
    # Hashing is slow on purpose, so it comes before the transaction, which holds locks.
    hashed = make_password(password)
    with transaction.atomic():
        code = VerificationCode.objects.get_by_proof(proof, VerificationCode.SIGN_UP)
        member = _new_member(code, password=hashed, terms_version=terms_version, **profile)
        validate_new_password(password, member)
        return _register(member, code)


def sign_up_confirmed(email: str, password: str, terms_version: str, **profile: Any) -> Member:
    """Create a member as `sign_up` does, for a client without a proof, with terms and a password length of its own.

    A code for the address (purpose JOIN) must have been confirmed within VERIFICATION_PROOF_SECONDS. Of the rules for
    passwords all but the length apply.
    """
    # Nobody without a confirmed code makes the server hash anything.
    with transaction.atomic():
        code = VerificationCode.objects.get_confirmed(email, VerificationCode.JOIN)
        reject_guessable_password(password, _new_member(code, **profile))
    hashed = make_password(password)
    with transaction.atomic():
        code = VerificationCode.objects.get_confirmed(email, VerificationCode.JOIN)
        return _register(_new_member(code, password=hashed, terms_version=terms_version, **profile), code)


def _new_member(code: VerificationCode, **fields: Any) -> Member:
    return Member(email=code.email, terms_accepted_at=timezone.now(), **fields)


def _register(member: Member, code: VerificationCode) -> Member:
    """Save the member and delete the code, in the caller's transaction. Raises EmailTaken or ProofInvalid."""
    _free_email(code)
    # After the erasure of a withdrawn member has started, which may ban the address; this transaction ends then.
    if is_email_refused(code.email):
        raise EmailTaken
    code.delete()
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError:
        raise EmailTaken from None
    return member


def _free_email(code: VerificationCode) -> None:
    """Start the erasure of a withdrawn member with this address."""
    member = Member.objects.select_for_update().filter(email=code.email).first()
    if member is None:
        return
    # Nobody ends a suspension by withdrawing and signing up anew.
    if member.withdrawn_at is None or member.is_suspended:
        raise EmailTaken
    # A code from before the withdrawal was not confirmed to start anew. Where the address is all that a client shows,
    # anybody could erase the account with it.
    if code.confirmed_at is None or code.confirmed_at < member.withdrawn_at:
        raise ProofInvalid
    start_erasure(member)
