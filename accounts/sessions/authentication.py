"""Authentication by access token."""

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from accounts.errors import CREDENTIAL_REFUSALS, SessionEnded, TokenInvalid
from accounts.models import LoginSession, Member
from accounts.sessions.revocation import LIVE, liveness_key, parse_liveness
from accounts.sessions.tokens import AccessToken, parse_token
from libs.throttling.throttles import read_session_state

V1_AUDIENCE = "v1"


class MemberAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>` (RFC 6750); tokens are accepted nowhere else.

    Costs no query: the member has only an id, and other fields are loaded when they are read.
    """

    audience = V1_AUDIENCE

    def authenticate(self, request: Request) -> tuple[Member, AccessToken] | None:
        """Return member and token, or None without a token. Raises TokenInvalid, TokenExpired or SessionEnded."""
        raw = get_bearer_token(request)
        if raw is None:
            return None
        token = parse_token(AccessToken, raw, audience=self.audience)
        session_id, member_id = int(token["sid"]), int(token["sub"])
        if not _is_session_live(request, session_id, member_id):
            raise SessionEnded
        return member_with_id_only(member_id), token

    def errors(self, method: str) -> tuple[type[APIException], ...]:
        """Return the errors of every operation that needs a member, for OpenAPI."""
        return CREDENTIAL_REFUSALS

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401 without a token (RFC 6750 3)."""
        return "Bearer"


def _is_session_live(request: Request, session_id: int, member_id: int) -> bool:
    key, seconds = liveness_key(session_id), settings.LOGIN_SESSION_CACHE_SECONDS
    found = read_session_state(request, member_id, key, str(LIVE))
    if found is None:
        return LoginSession.objects.is_session_live(session_id)
    liveness = parse_liveness(found.value)
    if liveness is not None or not LoginSession.objects.is_live_in_database(session_id):
        return bool(liveness)
    # Redis does not overwrite a revocation marker that was written meanwhile.
    found = read_session_state(request, member_id, key, str(LIVE), store_seconds=seconds)
    return found is None or parse_liveness(found.value) is not False


def get_bearer_token(request: Request) -> str | None:
    """Return the token of the request; None without one or with another scheme (RFC 6750 3.1).

    Raises TokenInvalid for a Bearer header without a token.
    """
    scheme, _, raw = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    if not raw.strip():
        raise TokenInvalid
    return str(raw.strip())


def member_with_id_only(member_id: int) -> Member:
    """Return a member of whom only the id is loaded."""
    loaded: Any = Member.from_db(DEFAULT_DB_ALIAS, ["id"], [member_id])
    member: Member = loaded
    return member
