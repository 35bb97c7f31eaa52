"""/me/password, /me/email and /password-resets: changes of a member's credentials."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.code_requests import CODE_LIMITS, GUESS_LIMITS, count_wrong_codes, request_code
from accounts.credentials import email_change, passwords
from accounts.credentials.serializers import EmailChangeSerializer, PasswordChangeSerializer, PasswordResetSerializer
from accounts.errors import (
    CodeExpired,
    CodeIncorrect,
    CodeUsedUp,
    EmailTaken,
    PasswordResetRequired,
    PasswordWrong,
    TooManyGuesses,
)
from accounts.models import VerificationCode
from accounts.openapi_examples import OWN_PROFILE, TICKET
from accounts.profiles.representations import own_profile_representation
from accounts.profiles.serializers import OwnProfileSerializer
from accounts.sessions import login
from accounts.signup.serializers import (
    TicketSerializer,
    VerificationCodeSerializer,
    VerificationConfirmationSerializer,
)
from accounts.viewsets import OwnAccountViewSet
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.client_address import client_address
from libs.throttling.throttles import rate_limit


class CredentialsViewSet(OwnAccountViewSet):
    """Changes that need the current password and send an e-mail."""

    @operation(
        id="change_password",
        summary="Change your password",
        description="Logs all other devices out.",
        request=PasswordChangeSerializer,
        responses={204: OpenApiResponse(description="The password is changed; only this login session is left.")},
        examples=[request_example({"current": "a long enough password", "password": "an even longer password"})],
        rate_limits=[rate_limit("password-member", by="member")],
        errors=[PasswordWrong, TooManyGuesses, PasswordResetRequired],
    )
    def change_password(self, request: Request) -> Response:
        """Change the password."""
        data = self.validated_data()
        sid = int(self.token["sid"])
        passwords.change_password(self.me(), data["current"], data["password"], keeping=sid)
        return Response(status=204)

    @operation(
        id="request_email_change",
        summary="Request a code for a new e-mail address",
        description="The response is the same for every address; the e-mail says if it belongs to a member. Nothing is "
        "changed until the code is confirmed.",
        request=EmailChangeSerializer,
        responses={202: OpenApiResponse(description="The e-mail is on its way.")},
        examples=[request_example({"email": "mina@example.org", "password": "a long enough password"})],
        rate_limits=[rate_limit("password-member", by="member"), *CODE_LIMITS],
        errors=[PasswordWrong, TooManyGuesses, PasswordResetRequired],
    )
    def request_email_change(self, request: Request) -> Response:
        """Request a code that only this member can use."""
        data = self.validated_data()
        member = self.me()
        login.confirm_password(member, data["password"])
        request_code(request, data["email"], VerificationCode.NEW_EMAIL, member=member)
        return Response(status=202)

    @operation(
        id="confirm_email_change",
        summary="Change your e-mail address",
        description="Takes the code that was sent to the new address. Both addresses get an e-mail.",
        request=VerificationConfirmationSerializer,
        responses=OwnProfileSerializer,
        examples=[request_example({"email": "mina@example.org", "code": "H7KM4QXP"}), response_example(OWN_PROFILE)],
        rate_limits=GUESS_LIMITS,
        errors=[CodeIncorrect, CodeExpired, CodeUsedUp, EmailTaken],
    )
    def change_email(self, request: Request) -> Response:
        """Change the address."""
        data = self.validated_data()
        with count_wrong_codes(request):
            member = email_change.change_email(self.me(), data["email"], data["code"])
        return Response(own_profile_representation(member))


class PasswordResetViewSet(StrictViewSet):
    """Requests a code and resets the password with it."""

    @operation(
        id="request_password_reset",
        public=True,
        summary="Request a code to reset the password",
        description="The response is the same for every address; only a member's gets an e-mail.",
        request=VerificationCodeSerializer,
        responses={
            202: OpenApiResponse(
                TicketSerializer, description="If a member has this address, the e-mail is on its way."
            )
        },
        examples=[request_example({"email": "mina@example.com"}), response_example(TICKET, 202)],
        rate_limits=CODE_LIMITS,
    )
    def create(self, request: Request) -> Response:
        """Request a code."""
        email = self.validated_data()["email"]
        return Response({"ticket": request_code(request, email, VerificationCode.RESET)}, status=202)

    @operation(
        id="reset_password",
        public=True,
        summary="Reset the password",
        description="Ends all login sessions; log in with the new password. A code is valid for five guesses of the "
        "request with this ticket, and one success. After a password that is not accepted it is still valid.",
        request=PasswordResetSerializer,
        responses={204: OpenApiResponse(description="The password is changed, and all login sessions have ended.")},
        examples=[
            request_example({"email": "mina@example.com", "code": "H7KM4QXP", "password": "a long enough password"})
        ],
        rate_limits=GUESS_LIMITS,
        errors=[CodeIncorrect, CodeExpired, CodeUsedUp],
    )
    def confirm(self, request: Request) -> Response:
        """Reset the password."""
        data = self.validated_data()
        address = client_address(request)
        with count_wrong_codes(request):
            passwords.reset_password(**data, address=address)
        return Response(status=204)
