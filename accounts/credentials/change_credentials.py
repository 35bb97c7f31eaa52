"""Reset and change of the password, and change of the e-mail address.

Each change locks the member, records a security event and sends an e-mail.
"""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from accounts.credentials import password_validation
from accounts.errors import CodeIncorrect, EmailTaken, PasswordWrong
from accounts.member_data_registry import handle_former_email
from accounts.models import Member, PasswordGuess, SecurityEvent, VerificationCode
from accounts.models.password_guess import login_counters
from accounts.sessions import login


def reset_password(email: str, typed: str, password: str, *, address: str) -> None:
    """Set a new password for whoever reads the member's e-mail, and log out all devices.

    Raises as `VerificationCode.objects.check_code` does, or ValidationError for a password that is not accepted, after
    which the code is still valid. A member who was suspended since the code was sent is answered like an unknown
    address. A member who may still cancel their withdrawal stays withdrawn until they log in.
    """
    code = VerificationCode.objects.check_code(typed, VerificationCode.RESET, email)
    # Slow on purpose, so before the transaction, which holds locks.
    hashed = make_password(password)
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).filter(email=code.email).first()
        if member is None or not login.may_log_in(member):
            raise CodeIncorrect
        password_validation.validate_new_password(password, member)
        VerificationCode.objects.consume(code)
        _set_password(member, hashed, because=SecurityEvent.PASSWORD_RESET)
    # The member may have guessed before, and should not have to wait now.
    PasswordGuess.objects.reset(login_counters(code.email, address))


def change_password(member: Member, current: str, password: str, *, keeping: int) -> None:
    """Set a new password and end all sessions except `keeping`, a session id.

    Raises PasswordWrong or TooManyGuesses for the current one, ValidationError for the new one.
    """
    login.confirm_password(member, current)
    password_validation.validate_new_password(password, member)
    hashed = make_password(password)
    with transaction.atomic():
        locked = _lock_member(member)
        # It was changed or reset while this one was hashed.
        if locked.password != member.password:
            raise PasswordWrong
        _set_password(locked, hashed, because=SecurityEvent.PASSWORD_CHANGED, keeping=keeping)


def change_email(member: Member, email: str, typed: str) -> Member:
    """Change the e-mail address to the one the code was sent to, notify both, and return the member.

    Raises as `VerificationCode.objects.check_code` does, and EmailTaken when another member has the address.
    """
    code = VerificationCode.objects.check_code(typed, VerificationCode.NEW_EMAIL, email, member)
    with transaction.atomic():
        locked = _lock_member(member)
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


def _lock_member(member: Member) -> Member:
    locked: Member = get_object_or_404(Member.objects.select_for_update(), pk=member.pk)
    return locked


def _set_password(member: Member, hashed: str, *, because: str, keeping: int | None = None) -> None:
    member.update(password=hashed)
    others = member.sessions.exclude(pk=keeping) if keeping else member.sessions
    others.end(because)
    SecurityEvent.objects.record_and_notify(member, because)
