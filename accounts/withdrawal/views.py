"""/me/withdrawal: withdrawal in a client, with the password or a code."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.code_requests import CODE_LIMITS, request_code
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp, PasswordResetRequired, PasswordWrong, TooManyGuesses
from accounts.models import VerificationCode
from accounts.permissions import TermsAccepted
from accounts.viewsets import OwnAccountViewSet
from accounts.withdrawal import withdraw
from accounts.withdrawal.serializers import WithdrawalSerializer
from libs.api.openapi_examples import request_example
from libs.api.operations import operation
from libs.throttling.throttles import rate_limit


class WithdrawalViewSet(OwnAccountViewSet):
    """Withdraws the logged-in member."""

    @operation(
        id="withdraw",
        summary="Withdraw your account",
        description="Hides everything of yours and ends all login sessions at once. After the grace period all of it "
        "is erased for good; a login before that restores it. Confirm with the password, or with a code.",
        request=WithdrawalSerializer,
        responses={204: OpenApiResponse(description="The account is withdrawn.")},
        examples=[request_example({"password": "a long enough password"})],
        rate_limits=[rate_limit("password-member", by="member")],
        errors=[PasswordWrong, TooManyGuesses, PasswordResetRequired, CodeIncorrect, CodeExpired, CodeUsedUp],
        exempt_from=[TermsAccepted],
    )
    def create(self, request: Request) -> Response:
        """Withdraw, confirmed by password or code."""
        data = self.validated_data()
        if "code" in data:
            withdraw.withdraw_with_code(self.me(), data["code"])
        else:
            withdraw.withdraw_with_password(self.me(), data["password"])
        return Response(status=204)

    @operation(
        id="request_withdrawal_code",
        summary="Request a code to withdraw",
        request=None,
        responses={202: OpenApiResponse(description="The e-mail is on its way.")},
        rate_limits=CODE_LIMITS,
        exempt_from=[TermsAccepted],
    )
    def request_code(self, request: Request) -> Response:
        """Request a code, for members who do not know their password."""
        member = self.me()
        request_code(request, member.email, VerificationCode.WITHDRAW, member=member)
        return Response(status=202)
