"""Login with e-mail and password: one rule for the API and the admin."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone
from prometheus_client import Counter

from accounts.credentials.hashers import HASH_OF_NOBODY, password_check_slot
from accounts.email_addresses import normalise_email
from accounts.errors import CredentialsWrong, PasswordWrong
from accounts.models import LoginSession, Member, PasswordGuess
from accounts.models.login_session import KEEP_ENDED_SESSIONS_DAYS
from accounts.models.password_guess import GuessCounters, device_counters, session_counters, stranger_counters
from accounts.sessions.devices import known_device, make_device_secret
from accounts.sessions.token_rotation import TokenPair, start_session
from libs.outbox.queue import enqueue
from libs.throttling.client_address import coarse_network_of

LOGINS = Counter(
    "h2h_logins", "Login sessions started with a password; refused ones are in h2h_problems.", ["audience"]
)


class Authenticated(NamedTuple):
    """A member who gave the right password, and what their device is known by, if it is."""

    member: Member
    device: str | None


def authenticate(email: str, password: str, *, address: str, device_secret: str = "") -> Authenticated:
    """Return the member with these credentials, who may be withdrawn within the grace period.

    Raises TooManyGuesses, PasswordResetRequired or ServiceUnavailable before the password is checked, and
    CredentialsWrong with equal text, code and time for an unknown address, a wrong password, a suspended member and one
    whose grace period is over.
    """
    authenticated, counters = _authenticate(email, password, address=address, device_secret=device_secret)
    PasswordGuess.objects.reset(counters)
    return authenticated


def _authenticate(
    email: str, password: str, *, address: str, device_secret: str
) -> tuple[Authenticated, GuessCounters]:
    """Do as `authenticate` does, but return the counters that are to be reset."""
    email = normalise_email(email)
    device = known_device(device_secret, email) if device_secret else None
    counters = _counters_of_login(email, address, device)
    with password_check_slot(by_stranger=device is None):
        PasswordGuess.objects.count_attempt(counters)
        member = Member.objects.find_by_email(email)
        is_right = member.check_password(password) if member else check_password(password, HASH_OF_NOBODY)
    if member is None or not is_right:
        raise CredentialsWrong
    if not may_log_in(member):
        # Counters are not reset, since that would show that the password was right.
        raise CredentialsWrong
    return Authenticated(member, device), counters


def _counters_of_login(email: str, address: str, device: str | None) -> GuessCounters:
    """Return the counters of the device, or those of strangers once it has made all its guesses."""
    if device is not None:
        counters = device_counters(email, device)
        if not PasswordGuess.objects.is_used_up(counters):
            return counters
    return stranger_counters(email, address)


def may_cancel_withdrawal(member: Member) -> bool:
    """Return whether a login still cancels the member's withdrawal."""
    if member.withdrawn_at is None or member.erasure_started_at is not None or member.is_suspended:
        return False
    return timezone.now() < member.withdrawn_at + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS)


def may_log_in(member: Member) -> bool:
    """Return whether the member may log in at this moment."""
    return member.is_active or may_cancel_withdrawal(member)


def log_in(
    email: str,
    password: str,
    *,
    audience: str,
    device: str,
    address: str,
    language: str | None,
    device_secret: str = "",
) -> tuple[TokenPair, str]:
    """Start a login session; within the grace period this cancels a withdrawal. Raises as `authenticate` does.

    Returns the tokens and the secret by which the device is known from now on.

    `language` becomes that of the member's e-mails, unless it is None. A new device or network causes an e-mail,
    but not an account's first session.
    """
    authenticated, counters = _authenticate(email, password, address=address, device_secret=device_secret)
    with transaction.atomic():
        # Checked again under the lock: the member may have been suspended or erased while the password was hashed.
        member = Member.objects.lock(authenticated.member.pk)
        if member is None:
            raise CredentialsWrong
        if may_cancel_withdrawal(member):
            member.cancel_withdrawal()
        if not member.is_active or _is_password_changed(member, authenticated.member, password):
            raise CredentialsWrong
        PasswordGuess.objects.reset(counters)
        if language:
            member.set_language(language)
        place = {"device": device, "network": coarse_network_of(address)}
        sessions = LoginSession.objects.overview(member.pk, **place)
        pair = start_session(member, audience=audience, live_sessions=sessions.live, **place)
        if not (sessions.familiar or _is_first_session(member, sessions.stored)):
            enqueue("accounts.mail_new_device", {"session_id": pair.session.pk})
        transaction.on_commit(LOGINS.labels(audience).inc)
        return pair, make_device_secret(member, authenticated.device)


def _is_first_session(member: Member, former_sessions: int) -> bool:
    """Return whether the member has just signed up with a client that then shows its login screen.

    An older account without a session is one whose sessions the clean-up has deleted.
    """
    is_new = timezone.now() - member.created_at < timedelta(days=KEEP_ENDED_SESSIONS_DAYS)
    return is_new and not former_sessions


def _is_password_changed(member: Member, authenticated: Member, password: str) -> bool:
    """Return whether the password was changed meanwhile; another hash of the same password is no change."""
    return member.password != authenticated.password and not member.check_password(password)


def confirm_password(member: Member, password: str) -> None:
    """Check the password of a logged-in member. Raises as `authenticate` does, with PasswordWrong."""
    counters = session_counters(member.email)
    with password_check_slot(by_stranger=False):
        PasswordGuess.objects.count_attempt(counters)
        is_right = member.check_password(password)
    if not is_right:
        raise PasswordWrong
    PasswordGuess.objects.reset(counters)
