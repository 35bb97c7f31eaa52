"""How a login session begins and goes on: a pair of tokens, and each next pair.

SimpleJWT's own rotation lets two requests spend one token and shrugs at reuse. Ours: a refresh token is good until its
one successor has been presented; every presentation until then, two at once too, gets that same successor; a dead
token ends its session and is written down. There is no time window.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.errors import SessionEnded, TokenInvalid
from accounts.models import LoginSession, Member, SecurityEvent
from accounts.models.login_session import Successor, idle_end
from accounts.sessions.tokens import AccessToken, RefreshToken, parse_token


@dataclass(frozen=True)
class TokenPair:
    """What a device holds: the session, an access token for some minutes, and the one next refresh token."""

    session: LoginSession
    access: AccessToken
    refresh: RefreshToken


@transaction.atomic
def start_session(member: Member, *, audience: str, device: str, network: str) -> TokenPair:
    """A new login session of a member who has proved who they are; beyond LOGIN_SESSIONS_PER_MEMBER the idlest ends."""
    idlest = member.sessions.live().order_by("-used_at", "-id").values("pk")[settings.LOGIN_SESSIONS_PER_MEMBER - 1 :]
    LoginSession.objects.filter(pk__in=list(idlest.values_list("pk", flat=True))).end("crowded_out")
    now = timezone.now().replace(microsecond=0)
    absolute = now + timedelta(days=settings.LOGIN_SESSION_MAX_DAYS)
    first = Successor(uuid4().hex, now, idle_end(now, absolute))
    session = LoginSession.objects.create(
        member=member,
        audience=audience,
        device=device,
        network=network,
        expires_at=absolute,
        idle_at=first.expires_at,
        current_jti=first.jti,
    )
    return _token_pair(session, first)


def rotate_tokens(raw: str, *, audience: str, network: str, of: int | None = None) -> TokenPair:
    """The next pair for a good refresh token, which must be that member's if one is named by their id.

    Raises TokenExpired, TokenInvalid, or SessionEnded; the last also for a dead token, whose session ends with it,
    since only a copy can come back after its successor was used (RFC 9700 4.14.2).
    """
    token = parse_token(RefreshToken, raw, audience=audience)
    if of is not None and of != int(token["sub"]):
        raise TokenInvalid
    with transaction.atomic():
        session = _locked(token, audience)
        if session.is_live and session.member.is_active and session.knows(token["jti"]):
            return _token_pair(session, session.present(token["jti"]))
        if session.is_live and not session.knows(token["jti"]):
            _write_down_reuse(session, network)
    raise SessionEnded


def _locked(token: RefreshToken, audience: str) -> LoginSession:
    sessions = LoginSession.objects.select_related("member").select_for_update(of=("self",))
    session = sessions.filter(pk=int(token["sid"]), member=int(token["sub"]), audience=audience).first()
    if session is None:
        raise TokenInvalid
    return session


def _write_down_reuse(session: LoginSession, network: str) -> None:
    LoginSession.objects.filter(pk=session.pk).end("token_reused")
    SecurityEvent.objects.create(
        member_id=session.member_id, kind=SecurityEvent.TOKEN_REUSED, session_id=session.pk, network=network
    )


def _token_pair(session: LoginSession, successor: Successor) -> TokenPair:
    access, refresh = AccessToken(audience=session.audience), RefreshToken(audience=session.audience)
    for token in (access, refresh):
        token.set_session(session)
    refresh.set_identity(successor)
    OutstandingToken.objects.get_or_create(
        jti=successor.jti,
        defaults={
            "user_id": session.member_id,
            "token": sha256(str(refresh).encode()).hexdigest(),
            "created_at": successor.issued_at,
            "expires_at": successor.expires_at,
        },
    )
    return TokenPair(session, access, refresh)
