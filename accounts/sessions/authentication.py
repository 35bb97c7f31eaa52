"""Who asks: the member behind an access token."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from accounts.errors import CREDENTIAL_REFUSALS, SessionEnded, TokenInvalid
from accounts.models import LoginSession, Member
from accounts.sessions.tokens import AccessToken, parse_token

V1_AUDIENCE = "v1"


class MemberAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>` (RFC 6750); tokens are taken from nowhere else.

    The member comes without a query: only the id is known, and the database is asked for more when a verb needs it.
    """

    audience = V1_AUDIENCE

    def authenticate(self, request: Request) -> tuple[Member, AccessToken] | None:
        """The member and their token; None without a token. Raises TokenInvalid, TokenExpired or SessionEnded."""
        raw = get_bearer_token(request)
        if raw is None:
            return None
        token = parse_token(AccessToken, raw, audience=self.audience)
        if not LoginSession.objects.is_session_live(int(token["sid"])):
            raise SessionEnded
        return member_with_id_only(int(token["sub"])), token

    def errors(self, method: str) -> tuple[type[APIException], ...]:
        """What any operation may answer with that needs a member."""
        return CREDENTIAL_REFUSALS

    def authenticate_header(self, request: Request) -> str:
        """What a 401 without credentials says (RFC 6750 3: no error when no token came)."""
        return "Bearer"


def get_bearer_token(request: Request) -> str | None:
    """The token a request carries; None without one, or with a way of signing in that we do not know (RFC 6750 3.1).

    Raises TokenInvalid for a header that promises a token and has none.
    """
    scheme, _, raw = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    if not raw.strip():
        raise TokenInvalid
    return str(raw.strip())


def member_with_id_only(member_id: int) -> Member:
    """A member of whom only the id is loaded."""
    known: Any = Member.from_db("default", ["id"], [member_id])
    member: Member = known
    return member
