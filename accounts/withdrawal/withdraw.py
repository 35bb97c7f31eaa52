"""Three ways to withdraw: with the password, with a code in the app, and with a code on a web page."""

from django.db import transaction

from accounts.errors import CodeIncorrect
from accounts.models import Member, VerificationCode
from accounts.sessions import login


def withdraw_with_password(member: Member, password: str) -> None:
    """Withdraw a member who gives their password. Raises PasswordWrong or TooManyGuesses."""
    login.confirm_password(member, password)
    member.withdraw()


def withdraw_with_code(member: Member, typed: str) -> None:
    """Withdraw a logged-in member who gives the code sent to them. Raises CodeIncorrect, CodeExpired or CodeUsedUp."""
    code = VerificationCode.objects.check_code(typed, VerificationCode.WITHDRAW, member.email, member)
    _withdraw(code)


def withdraw_by_email(email: str, typed: str, *, network: str, ticket: str = "") -> None:
    """Withdraw the member of an address to which the code was sent. Raises as `withdraw_with_code`.

    For an address without a member it raises CodeIncorrect, as for a wrong code.
    """
    requester = {"network": network, "ticket": ticket}
    _withdraw(VerificationCode.objects.check_code(typed, VerificationCode.WITHDRAW_PAGE, email, **requester))


@transaction.atomic
def _withdraw(code: VerificationCode) -> None:
    member = Member.objects.active().select_for_update().filter(email=code.email).first()
    if member is None:
        raise CodeIncorrect
    VerificationCode.objects.consume(code)
    member.withdraw()
