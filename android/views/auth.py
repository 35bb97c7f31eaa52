"""auth/*: sign-up, login, token renewal and logout."""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.code_requests import CODE_LIMITS, GUESS_LIMITS, count_wrong_codes, network_of_request, request_code
from accounts.errors import PasswordResetRequired, SessionEnded, TokenExpired, TokenInvalid, TooManyGuesses
from accounts.models import LoginSession, Member, VerificationCode
from accounts.sessions import login, token_rotation
from accounts.sessions.authentication import get_bearer_token
from accounts.sessions.tokens import session_of_token
from accounts.signup import registration
from accounts.switches import SIGN_UP
from android.authentication import ANDROID_AUDIENCE
from android.openapi import BEARER
from android.representations import app_avatar_url, avatar_values
from android.response_serializers import (
    JoinedSerializer,
    LoginAnswerSerializer,
    MessageSerializer,
    RenewalAnswerSerializer,
)
from android.serializers import CodeSerializer, EmailSerializer, JoinSerializer, LoginSerializer, RenewalSerializer
from android.views.base import AppViewSet
from libs.api.operations import operation
from libs.throttling.client_address import client_address, coarse_network_of
from libs.throttling.throttles import enforce_address_limit, rate_limit

DEVICE = "Android"
# A 429 would close the app or log its user out.
UNLIMITED: tuple[()] = ()


class AuthViewSet(AppViewSet):
    """Sign-up and login, and the calls that check their token themselves."""

    @operation(
        public=True,
        summary="Request a verification code",
        request=EmailSerializer,
        responses={202: MessageSerializer},
        rate_limits=CODE_LIMITS,
        switches=[SIGN_UP],
    )
    def request_code(self, request: Request) -> Response:
        """Send a code; the response is the same for every address, and members get an e-mail that says so."""
        email = self.validated_data()["email"]
        request_code(request, email, VerificationCode.JOIN, language=settings.ANDROID_LANGUAGE)
        return Response({"message": "The code is on its way."}, status=202)

    @operation(
        public=True,
        summary="Confirm the code",
        request=CodeSerializer,
        responses=MessageSerializer,
        rate_limits=GUESS_LIMITS,
    )
    def confirm_code(self, request: Request) -> Response:
        """Confirm the code; repeatable until it expires or a sign-up uses it."""
        data = self.validated_data()
        network = network_of_request(request)
        with count_wrong_codes(request):
            VerificationCode.objects.confirm(
                data["email"], VerificationCode.JOIN, data["verification_code"], network=network
            )
        return Response({"message": "The address is confirmed."})

    @operation(
        public=True,
        summary="Sign up",
        request=JoinSerializer,
        responses={201: JoinedSerializer},
        rate_limits=[rate_limit("sign-up-address", on_arrival=False)],
        switches=[SIGN_UP],
    )
    def join(self, request: Request) -> Response:
        """Create the member; needs a code confirmed for the address a short time before, and uses it up."""
        data = self.validated_data()
        enforce_address_limit("sign-up-address", request)
        member = registration.sign_up_confirmed(
            **data,
            terms_version=settings.ANDROID_TERMS_VERSION,
            language=settings.ANDROID_LANGUAGE,
            network=network_of_request(request),
        )
        return Response({"member_id": member.pk}, status=201)

    @operation(
        public=True,
        summary="Log in",
        request=LoginSerializer,
        responses=LoginAnswerSerializer,
        rate_limits=[rate_limit("sign-in-address")],
        errors=[TooManyGuesses, PasswordResetRequired],
        allowed_when_read_only=True,
    )
    def login(self, request: Request) -> Response:
        """Start a login session; other sessions stay."""
        data = self.validated_data()
        address = client_address(request)
        pair, _ = login.log_in(**data, audience=ANDROID_AUDIENCE, device=DEVICE, address=address, language=None)
        return Response(_login_response(pair))

    @operation(
        public=True,
        summary="Check the access token",
        auth=[BEARER],
        responses=MessageSerializer,
        rate_limits=UNLIMITED,
    )
    def verify(self, request: Request) -> Response:
        """Check the token at every start of the app: 200, GLOBAL_104 when it can be renewed, else GLOBAL_103."""
        session_id, is_expired = _session_of_request(request)
        if not LoginSession.objects.is_session_live(session_id):
            raise SessionEnded
        if is_expired:
            raise TokenExpired
        return Response({"message": "The token is good."})

    @operation(
        public=True,
        summary="Renew the tokens",
        request=RenewalSerializer,
        responses=RenewalAnswerSerializer,
        rate_limits=UNLIMITED,
        errors=[TokenInvalid, SessionEnded],
        allowed_when_read_only=True,
    )
    def renew(self, request: Request) -> Response:
        """Renew the tokens; only failures are rate limited."""
        address = client_address(request)
        try:
            data = self.validated_data()
            pair = token_rotation.rotate_tokens(
                data["refresh_token"],
                audience=ANDROID_AUDIENCE,
                network=coarse_network_of(address),
                member_id=data["member_id"],
            )
        except TokenInvalid:
            enforce_address_limit("refresh-failure-address", request)
            raise
        member = pair.session.member
        avatar = Member.objects.values(**avatar_values()).get(pk=member.pk)
        return Response(_login_response(pair) | {"email": member.email, "avatarUrl": app_avatar_url(avatar)})

    @operation(
        public=True,
        summary="Log out",
        auth=[BEARER],
        responses=MessageSerializer,
        rate_limits=UNLIMITED,
        allowed_when_read_only=True,
    )
    def logout(self, request: Request) -> Response:
        """End the login session at once; an expired access token is accepted too."""
        session_id, _ = _session_of_request(request)
        if not LoginSession.objects.live().filter(pk=session_id).end("logged_out"):
            raise SessionEnded
        return Response({"message": "You are logged out."})


def _session_of_request(request: Request) -> tuple[int, bool]:
    """Return the session id of the token in the header and whether it has expired.

    Raises NotAuthenticated or TokenInvalid.
    """
    raw = get_bearer_token(request)
    if raw is None:
        raise NotAuthenticated
    return session_of_token(raw, audience=ANDROID_AUDIENCE)


def _login_response(pair: token_rotation.TokenPair) -> dict[str, Any]:
    """Return the tokens and names that the app stores."""
    member = pair.session.member
    return {
        "member_id": member.pk,
        "access_token": pair.access.signed,
        "refresh_token": pair.refresh.signed,
        "name": member.name,
        "nickname": member.nickname,
    }
