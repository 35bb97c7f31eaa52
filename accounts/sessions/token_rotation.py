"""Starting a login session, and rotating its tokens.

SimpleJWT's own rotation lets two concurrent requests use one refresh token, and does not react to reuse. Here a refresh
token is valid until its one successor has been used: until then every use of it, concurrent ones too, gets that same
successor. Using an older token ends its session. There is no time window. If a copy and the device take turns, neither
presents an older token; it is noticed when one token is presented from two networks. Both are security events.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.errors import SessionEnded, TokenInvalid
from accounts.models import LoginSession, Member, SecurityEvent
from accounts.models.login_session import TokenIdentity
from accounts.sessions.tokens import AccessToken, RefreshToken, parse_token
from libs.compiled_inserts import insert_unless_exists
from libs.replicas.pinning import pin_to_primary


@dataclass(frozen=True)
class TokenPair:
    """What a device gets: an access token, and the refresh token to exchange for the next pair."""

    session: LoginSession
    access: AccessToken
    refresh: RefreshToken


@transaction.atomic(savepoint=False)
def start_session(
    member: Member, *, audience: str, device: str, network: str, live_sessions: int | None = None
) -> TokenPair:
    """Start a login session of a member who has just authenticated.

    A member with LOGIN_SESSIONS_PER_MEMBER live sessions loses the one that was not used for the longest time. The
    caller may give their number, if it is known.
    """
    if live_sessions is None or live_sessions >= settings.LOGIN_SESSIONS_PER_MEMBER:
        _end_least_recently_used(member, keep=settings.LOGIN_SESSIONS_PER_MEMBER - 1)
    now = timezone.now().replace(microsecond=0)
    expires_at = now + timedelta(days=settings.LOGIN_SESSION_MAX_DAYS)
    first = TokenIdentity.generate(now, expires_at)
    session = LoginSession.objects.create(
        member=member,
        audience=audience,
        device=device,
        network=network,
        expires_at=expires_at,
        idle_at=first.expires_at,
        current_jti=first.jti,
    )
    # What came before the login, such as a sign-up, must be there for the member's first reads.
    transaction.on_commit(lambda: pin_to_primary([member.pk]))
    return _token_pair(session, first)


def rotate_tokens(raw: str, *, audience: str, network: str, member_id: int | None = None) -> TokenPair:
    """Return the next pair for a valid refresh token, which must belong to the member if an id is given.

    Raises TokenExpired, TokenInvalid or SessionEnded. A token whose successor was used before can only be a copy, so
    it ends its session (RFC 9700 4.14.2).
    """
    token = parse_token(RefreshToken, raw, audience=audience)
    if member_id is not None and member_id != int(token["sub"]):
        raise TokenInvalid
    with transaction.atomic():
        session = _lock_session(token, audience)
        if session.is_live and session.member.is_active and session.accepts_refresh_token(token["jti"]):
            if session.is_repeated_elsewhere(token["jti"], network):
                _notify_of_repetition(session, network)
            return _token_pair(session, session.use_refresh_token(token["jti"], network))
        if session.is_live and not session.accepts_refresh_token(token["jti"]):
            _end_reused(session, network)
    raise SessionEnded


def _end_least_recently_used(member: Member, keep: int) -> None:
    surplus = member.sessions.live().order_by("-used_at", "-id").values_list("pk", flat=True)[keep:]
    if surplus:
        LoginSession.objects.filter(pk__in=list(surplus)).end("crowded_out")


def _lock_session(token: RefreshToken, audience: str) -> LoginSession:
    sessions = LoginSession.objects.select_related("member").select_for_update(of=("self",))
    session = sessions.filter(pk=int(token["sid"]), member=int(token["sub"]), audience=audience).first()
    if session is None:
        raise TokenInvalid
    return session


def _end_reused(session: LoginSession, network: str) -> None:
    LoginSession.objects.filter(pk=session.pk).end("token_reused")
    SecurityEvent.objects.record_and_notify(
        session.member, SecurityEvent.TOKEN_REUSED, session_id=session.pk, network=network
    )


def _notify_of_repetition(session: LoginSession, network: str) -> None:
    """Record that two networks hold one token, and notify the member, once a day for a session."""
    events = session.member.security_events.filter(kind=SecurityEvent.TOKEN_REPEATED, session_id=session.pk)
    if not events.filter(created_at__gt=timezone.now() - timedelta(days=1)).exists():
        SecurityEvent.objects.record_and_notify(
            session.member, SecurityEvent.TOKEN_REPEATED, session_id=session.pk, network=network
        )


def _token_pair(session: LoginSession, identity: TokenIdentity) -> TokenPair:
    access, refresh = AccessToken(audience=session.audience), RefreshToken(audience=session.audience)
    for token in (access, refresh):
        token.set_session(session)
    # See TermsAccepted.
    access["terms"] = session.member.terms_version
    refresh.set_identity(identity)
    outstanding = OutstandingToken(
        user_id=session.member_id,
        jti=identity.jti,
        token=sha256(refresh.signed.encode()).hexdigest(),
        created_at=identity.issued_at,
        expires_at=identity.expires_at,
    )
    # It exists when the client repeats its request.
    insert_unless_exists(outstanding, "jti")
    return TokenPair(session, access, refresh)
