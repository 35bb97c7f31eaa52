"""Three ways to leave: with the password, with a code on the phone, and with a code on a page for those without one."""

from django.db import transaction

from accounts.errors import CodeIncorrect
from accounts.models import Member, VerificationCode
from accounts.sessions import login


def leave_by_password(member: Member, password: str) -> None:
    """Withdraw whoever knows their password. Raises PasswordWrong or TooManyGuesses."""
    login.confirm(member, password)
    member.withdraw()


def leave_by_code(member: Member, typed: str) -> None:
    """Withdraw whoever is signed in and reads their mail. Raises CodeIncorrect, CodeExpired or CodeUsedUp."""
    code = VerificationCode.objects.guessed(typed, VerificationCode.WITHDRAW, member.email, member)
    _leave(code)


def leave_by_mail(email: str, typed: str) -> None:
    """Withdraw whoever reads the address; an unknown one is answered like a wrong code. Raises as `leave_by_code`."""
    _leave(VerificationCode.objects.guessed(typed, VerificationCode.WITHDRAW_PAGE, email))


@transaction.atomic
def _leave(code: VerificationCode) -> None:
    member = Member.objects.standing().select_for_update().filter(email=code.email).first()
    if member is None:
        raise CodeIncorrect
    VerificationCode.objects.use_up(code)
    member.withdraw()
