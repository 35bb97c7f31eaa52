"""How what opens an account is changed: the password, forgotten or known, and the e-mail address.

Each change locks the member, is written down as a security event, and is told by mail.
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
        _open_with(member, hashed, because=SecurityEvent.PASSWORD_RESET)
    # Who forgot it has guessed before, and should not have to wait now.
    PasswordGuess.objects.reset(login_counters(code.email, address))


def change_password(member: Member, current: str, password: str, *, keeping: int) -> None:
    """Take a new password and sign out everywhere but in the session `keeping`.

    Raises PasswordWrong or TooManyGuesses for the current one, ValidationError for the new one.
    """
    login.confirm_password(member, current)
    password_validation.validate_new_password(password, member)
    hashed = make_password(password)
    with transaction.atomic():
        locked = _locked(member)
        # It was changed or reset while this one was hashed.
        if locked.password != member.password:
            raise PasswordWrong
        _open_with(locked, hashed, because=SecurityEvent.PASSWORD_CHANGED, keeping=keeping)


def change_email(member: Member, email: str, typed: str) -> Member:
    """The member, whose address is now the one that the code was mailed to; both addresses are told.

    Raises as `VerificationCode.objects.check_code` does, and EmailTaken to whoever has proved the address.
    """
    code = VerificationCode.objects.check_code(typed, VerificationCode.NEW_EMAIL, email, member)
    with transaction.atomic():
        locked = _locked(member)
        VerificationCode.objects.consume(code)
        former = locked.email
        _set_email(locked, code.email)
        # Whoever reads the former address opens nothing with what it was sent.
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


def _locked(member: Member) -> Member:
    locked: Member = get_object_or_404(Member.objects.select_for_update(), pk=member.pk)
    return locked


def _open_with(member: Member, hashed: str, *, because: str, keeping: int | None = None) -> None:
    member.update(password=hashed)
    others = member.sessions.exclude(pk=keeping) if keeping else member.sessions
    others.end(because)
    SecurityEvent.objects.record_and_notify(member, because)
