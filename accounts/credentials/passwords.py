"""Reset and change of the password. Each records a security event and sends an e-mail."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.shortcuts import get_object_or_404

from accounts.credentials.password_validation import validate_new_password
from accounts.errors import CodeIncorrect, PasswordWrong
from accounts.models import Member, PasswordGuess, SecurityEvent, VerificationCode
from accounts.models.member import MemberQuerySet
from accounts.models.password_guess import session_counters, stranger_counters
from accounts.sessions import login
from libs.throttling.client_address import coarse_network_of


def reset_password(email: str, code: str, password: str, *, address: str, ticket: str = "") -> None:
    """Set a new password for whoever reads the member's e-mail, and log out all devices.

    Raises as `VerificationCode.objects.check_code` does, or ValidationError for a password that is not accepted, after
    which the code is still valid. A member who was suspended since the code was sent is answered like an unknown
    address. A member who may still cancel their withdrawal stays withdrawn until they log in.
    """
    requester = {"network": coarse_network_of(address), "ticket": ticket}
    sent = VerificationCode.objects.check_code(code, VerificationCode.RESET, email, **requester)
    validate_new_password(password, _member_to_reset(Member.objects.all(), sent.email))
    # Slow on purpose, so after everything that may be refused, and before the transaction, which holds locks.
    hashed = make_password(password)
    with transaction.atomic():
        member = _member_to_reset(Member.objects.select_for_update(no_key=True), sent.email)
        VerificationCode.objects.consume(sent)
        _set_password(member, hashed, because=SecurityEvent.PASSWORD_RESET)
    # The member may have guessed before, and should not have to wait now.
    PasswordGuess.objects.reset(stranger_counters(sent.email, address))
    PasswordGuess.objects.reset(session_counters(sent.email))


def _member_to_reset(members: MemberQuerySet, email: str) -> Member:
    member: Member | None = members.filter(email=email).first()
    if member is None or not login.may_log_in(member):
        raise CodeIncorrect
    return member


def change_password(member: Member, current: str, password: str, *, keeping: int) -> None:
    """Set a new password and end all sessions except `keeping`, a session id.

    Raises PasswordWrong or TooManyGuesses for the current one, ValidationError for the new one.
    """
    login.confirm_password(member, current)
    validate_new_password(password, member)
    hashed = make_password(password)
    with transaction.atomic():
        locked: Member = get_object_or_404(Member.objects.select_for_update(), pk=member.pk)
        # It was changed or reset while this one was hashed.
        if locked.password != member.password:
            raise PasswordWrong
        _set_password(locked, hashed, because=SecurityEvent.PASSWORD_CHANGED, keeping=keeping)


def _set_password(member: Member, hashed: str, *, because: str, keeping: int | None = None) -> None:
    member.update(password=hashed)
    others = member.sessions.exclude(pk=keeping) if keeping else member.sessions
    others.end(because)
    SecurityEvent.objects.record_and_notify(member, because)
