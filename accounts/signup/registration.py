"""Sign-up: from a confirmed e-mail address to a member."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from prometheus_client import Counter

from accounts.credentials.password_validation import reject_guessable_password, validate_new_password
from accounts.email_addresses import normalise_email
from accounts.erasure import start_erasure
from accounts.errors import EmailTaken, ProofInvalid
from accounts.member_data_registry import is_email_refused
from accounts.models import Member, VerificationCode
from accounts.models.member import check_terms_version
from accounts.text_checks import check_texts, review_texts

SIGN_UPS = Counter("h2h_sign_ups", "Members who signed up.")


def sign_up(proof: str, password: str, terms_version: str, **profile: Any) -> Member:
    """Create a member from the proof of an e-mail address; after a refusal the proof is still valid.

    Raises ProofInvalid, TermsOutdated, EmailTaken, or ValidationError for a password that is not accepted. If a
    withdrawn member has the address, their erasure starts at once: whoever proves the address may start anew.
    """
    check_terms_version(terms_version)
    email = VerificationCode.objects.email_of_proof(proof, VerificationCode.SIGN_UP)
    # Hashing is slow on purpose, so it comes before the transaction, which holds locks.
    hashed = make_password(password)
    with transaction.atomic():
        owner = _lock_owner(email)
        code = VerificationCode.objects.get_by_proof(proof, VerificationCode.SIGN_UP)
        member = _new_member(code, password=hashed, terms_version=terms_version, **profile)
        validate_new_password(password, member)
        if owner is not None:
            _free_email(owner, code)
        return _register(member, code)


def sign_up_confirmed(email: str, password: str, terms_version: str, *, network: str, **profile: Any) -> Member:
    """Create a member as `sign_up` does, for a client without a proof, with terms and a password length of its own.

    A code for the address (purpose JOIN) must have been confirmed within ANDROID_CONFIRMATION_SECONDS, and `network` be
    one that may use it (`may_be_used_from`). Of the rules for passwords all but the length apply. Raises EmailTaken for
    the address of a withdrawn member too: whoever shows no proof erases no account.
    """
    # Nobody without a confirmed code makes the server hash anything.
    try:
        with transaction.atomic():
            code = VerificationCode.objects.get_confirmed(email, network=network)
            reject_guessable_password(password, _new_member(code, **profile))
    except ProofInvalid:
        VerificationCode.objects.record_early_join(email, network)
        raise
    hashed = make_password(password)
    with transaction.atomic():
        owner = _lock_owner(normalise_email(email))
        code = VerificationCode.objects.get_confirmed(email, network=network)
        if owner is not None:
            raise EmailTaken
        return _register(_new_member(code, password=hashed, terms_version=terms_version, **profile), code)


def _lock_owner(email: str) -> Member | None:
    """Return the member with the address, locked.

    Like everything that uses a code of a member this locks the member before the code: in another order two of them at
    the same moment would wait for each other.
    """
    owner: Member | None = Member.objects.select_for_update().filter(email=email).first()
    return owner


def _new_member(code: VerificationCode, **fields: Any) -> Member:
    check_texts([fields["name"], fields["nickname"]])
    return Member(email=code.email, terms_accepted_at=timezone.now(), **fields)


def _register(member: Member, code: VerificationCode) -> Member:
    """Save the member and delete the code, in the caller's transaction. Raises EmailTaken or ProofInvalid."""
    # After the erasure of a withdrawn member has started, which may ban the address; this transaction ends then.
    if is_email_refused(code.email):
        raise EmailTaken
    code.delete()
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError:
        raise EmailTaken from None
    review_texts(member, [member.name, member.nickname])
    transaction.on_commit(SIGN_UPS.inc)
    return member


def _free_email(owner: Member, code: VerificationCode) -> None:
    """Start the erasure of a withdrawn member with this address. Raises EmailTaken or ProofInvalid."""
    # Nobody ends a suspension by withdrawing and signing up anew.
    if owner.withdrawn_at is None or owner.is_suspended:
        raise EmailTaken
    # A code from before the withdrawal was not confirmed to start anew.
    if code.confirmed_at is None or code.confirmed_at < owner.withdrawn_at:
        raise ProofInvalid
    start_erasure(owner)
