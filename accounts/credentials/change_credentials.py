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
from accounts.models.password_guess import at_the_door
from accounts.sessions import login


def reset_password(email: str, typed: str, password: str, *, address: str) -> None:
    """Take a new password from whoever reads the member's mail, and sign out everywhere.

    Raises as `VerificationCode.objects.guessed` does, or ValidationError for a password that is not taken, which leaves
    the code good. A member who was suspended since the letter is answered as if there were none. One who left, and may
    still come back, stays withdrawn until they sign in with it.
    """
    code = VerificationCode.objects.guessed(typed, VerificationCode.RESET, email)
    # Slow on purpose, so before the transaction, which holds locks.
    hashed = make_password(password)
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).filter(email=code.email).first()
        if member is None or not login.may_log_in(member):
            raise CodeIncorrect
        password_validation.check(password, member)
        VerificationCode.objects.use_up(code)
        _open_with(member, hashed, because=SecurityEvent.PASSWORD_RESET)
    # Who forgot it has guessed before, and should not have to wait now.
    PasswordGuess.objects.forgive(at_the_door(code.email, address))


def change_password(member: Member, current: str, password: str, *, keeping: int) -> None:
    """Take a new password and sign out everywhere but in the session `keeping`.

    Raises PasswordWrong or TooManyGuesses for the current one, ValidationError for the new one.
    """
    login.confirm_password(member, current)
    password_validation.check(password, member)
    hashed = make_password(password)
    with transaction.atomic():
        locked = _locked(member)
        # It was changed or reset while this one was hashed.
        if locked.password != member.password:
            raise PasswordWrong
        _open_with(locked, hashed, because=SecurityEvent.PASSWORD_CHANGED, keeping=keeping)


def change_email(member: Member, email: str, typed: str) -> Member:
    """The member, whose address is now the one that the code was mailed to; both addresses are told.

    Raises as `VerificationCode.objects.guessed` does, and EmailTaken to whoever has proved the address.
    """
    code = VerificationCode.objects.guessed(typed, VerificationCode.NEW_EMAIL, email, member)
    with transaction.atomic():
        locked = _locked(member)
        VerificationCode.objects.use_up(code)
        former = locked.email
        _set_email(locked, code.email)
        # Whoever reads the former address opens nothing with what it was sent.
        VerificationCode.objects.filter(email=former).delete()
        locked.codes.all().delete()
        handle_former_email(locked, former)
        SecurityEvent.objects.tell(locked, SecurityEvent.EMAIL_CHANGED, former_email=former)
        return locked


def _set_email(member: Member, email: str) -> None:
    try:
        with transaction.atomic():
            member.change(email=email)
    except IntegrityError:
        raise EmailTaken from None


def _locked(member: Member) -> Member:
    locked: Member = get_object_or_404(Member.objects.select_for_update(), pk=member.pk)
    return locked


def _open_with(member: Member, hashed: str, *, because: str, keeping: int | None = None) -> None:
    member.change(password=hashed)
    others = member.sessions.exclude(pk=keeping) if keeping else member.sessions
    others.end(because)
    SecurityEvent.objects.tell(member, because)
