"""/sessions: login, token renewal and the list of devices."""

from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import (
    CredentialsWrong,
    PasswordResetRequired,
    SessionEnded,
    TokenExpired,
    TokenInvalid,
    TooManyGuesses,
)
from accounts.openapi_examples import DEVICE_SECRET, PAIR, SESSION
from accounts.permissions import TermsAccepted
from accounts.sessions import login, token_rotation
from accounts.sessions.authentication import V1_AUDIENCE
from accounts.sessions.representations import token_pair_representation
from accounts.sessions.serializers import (
    EmailLoginSerializer,
    LoginSessionListSerializer,
    LoginSessionSerializer,
    NewLoginSerializer,
    RefreshSerializer,
    TokenPairSerializer,
)
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.client_address import client_address, coarse_network_of
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_address_limit, rate_limit

# By session, so that a stolen device that floods these calls cannot keep another one from ending its session.
DEVICES = [rate_limit("devices-session", by="session")]


class SessionViewSet(StrictViewSet):
    """Login and token renewal, and the member's own login sessions."""

    @operation(
        id="log_in",
        public=True,
        summary="Log in",
        description="Starts a login session for this device. During the grace period it cancels a withdrawal.",
        request=EmailLoginSerializer,
        responses={201: NewLoginSerializer},
        examples=[
            request_example(
                {"email": "mina@example.com", "password": "a long enough password", "device": "Mina's phone"}
            ),
            response_example(PAIR | {"device_secret": DEVICE_SECRET}, 201),
        ],
        rate_limits=[rate_limit("sign-in-address")],
        errors=[CredentialsWrong, TooManyGuesses, PasswordResetRequired],
        allowed_when_read_only=True,
    )
    def create(self, request: Request) -> Response:
        """Log in with e-mail and password."""
        data = self.validated_data()
        language = get_language() or "en"
        pair, secret = login.log_in(**data, audience=V1_AUDIENCE, address=client_address(request), language=language)
        return Response(token_pair_representation(pair) | {"device_secret": secret}, status=201)

    @operation(
        id="refresh_tokens",
        public=True,
        summary="Renew the tokens",
        description="A refresh token is valid until its one successor has been used. If the response was lost, send "
        "the same token again: it gets the same successor. An older token ends the session.",
        request=RefreshSerializer,
        responses=TokenPairSerializer,
        examples=[request_example({"refresh": PAIR["refresh"]}), response_example(PAIR)],
        rate_limits=(),
        errors=[TokenInvalid, TokenExpired, SessionEnded, TooManyRequests],
        allowed_when_read_only=True,
    )
    def refresh(self, request: Request) -> Response:
        """Renew the tokens; only failures are rate limited, so that a valid token never waits."""
        address = client_address(request)
        raw = self.validated_data()["refresh"]
        try:
            return Response(
                token_pair_representation(
                    token_rotation.rotate_tokens(raw, audience=V1_AUDIENCE, network=coarse_network_of(address))
                )
            )
        except TokenInvalid:
            enforce_address_limit("refresh-failure-address", request)
            raise

    def live_sessions(self) -> Any:
        """Return the member's live sessions, newest first."""
        return self.member.sessions.live().order_by("-created_at", "-id")

    @operation(
        id="list_sessions",
        summary="List the devices that are logged in",
        responses=LoginSessionListSerializer,
        examples=[response_example({"results": [SESSION]})],
        rate_limits=DEVICES,
    )
    def list(self, request: Request) -> Response:
        """List all live sessions."""
        context = {"session_id": int(self.token["sid"])}
        return Response({"results": LoginSessionSerializer(self.live_sessions(), many=True, context=context).data})

    @operation(
        id="end_session",
        summary="End one session",
        responses={204: OpenApiResponse(description="The session has ended.")},
        rate_limits=DEVICES,
        exempt_from=[TermsAccepted],
        allowed_when_read_only=True,
    )
    def destroy(self, request: Request, session_id: int) -> Response:
        """End one session."""
        if not self.live_sessions().filter(pk=session_id).end("ended"):
            raise Http404
        return Response(status=204)

    @operation(
        id="log_out",
        summary="Log out",
        responses={204: OpenApiResponse(description="This session has ended.")},
        rate_limits=DEVICES,
        exempt_from=[TermsAccepted],
        allowed_when_read_only=True,
    )
    def log_out(self, request: Request) -> Response:
        """End the session of the request."""
        self.live_sessions().filter(pk=int(self.token["sid"])).end("logged_out")
        return Response(status=204)

    @operation(
        id="end_other_sessions",
        summary="End all other sessions",
        request=None,
        responses={204: OpenApiResponse(description="Only this session is left.")},
        rate_limits=DEVICES,
        exempt_from=[TermsAccepted],
        allowed_when_read_only=True,
    )
    def end_others(self, request: Request) -> Response:
        """End all sessions except that of the request."""
        self.live_sessions().exclude(pk=int(self.token["sid"])).end("ended")
        return Response(status=204)
