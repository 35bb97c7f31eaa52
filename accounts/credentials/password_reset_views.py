"""/password-resets: reset of a forgotten password by a code."""

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.credentials import change_credentials
from accounts.credentials.serializers import PasswordResetSerializer
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp
from accounts.models import VerificationCode
from accounts.signup.serializers import VerificationCodeSerializer
from libs.api.openapi_examples import request_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.client_address import client_address
from libs.throttling.throttles import enforce_rate_limit, rate_limit


class PasswordResetViewSet(StrictViewSet):
    """Requests a code and resets the password with it."""

    @operation(
        id="request_password_reset",
        public=True,
        summary="Request a code to reset the password",
        description="The response is the same for every address; only a member's gets an e-mail.",
        request=VerificationCodeSerializer,
        responses={202: OpenApiResponse(description="If a member has this address, the e-mail is on its way.")},
        examples=[request_example({"email": "mina@example.com"})],
        rate_limits=[rate_limit("code-address")],
    )
    def create(self, request: Request) -> Response:
        """Request a code."""
        email = self.validated_data()["email"]
        enforce_rate_limit("code-email", email)
        VerificationCode.objects.request_code(email, VerificationCode.RESET, get_language() or "en")
        return Response(status=202)

    @operation(
        id="reset_password",
        public=True,
        summary="Reset the password",
        description="Ends all login sessions; log in with the new password. A code is valid for five guesses and one "
        "success. After a password that is not accepted it is still valid.",
        request=PasswordResetSerializer,
        responses={204: OpenApiResponse(description="The password is changed, and all login sessions have ended.")},
        examples=[
            request_example({"email": "mina@example.com", "code": "aB3dE5gH", "password": "a long enough password"})
        ],
        rate_limits=[rate_limit("confirm-address")],
        errors=[CodeIncorrect, CodeExpired, CodeUsedUp],
    )
    def confirm(self, request: Request) -> Response:
        """Reset the password."""
        data = self.validated_data()
        address = client_address(request)
        change_credentials.reset_password(data["email"], data["code"], data["password"], address=address)
        return Response(status=204)
