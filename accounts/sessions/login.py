"""From an e-mail address and a password to a member: one rule for the API and the admin."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.email_addresses import normalise_email
from accounts.errors import CredentialsWrong, PasswordWrong
from accounts.models import Member, PasswordGuess
from accounts.models.password_guess import login_counters, session_counters
from accounts.sessions.rotation import TokenPair, start_session
from libs.outbox.queue import enqueue
from libs.throttling.client_address import coarse_network_of


def authenticate(email: str, password: str, *, address: str) -> Member:
    """The member whom these credentials open, who may be a withdrawn one within the days of grace.

    Raises TooManyGuesses before looking at the password, and CredentialsWrong alike in text, code and time for an
    unknown address, a wrong password, a suspended member and one whose days of grace are over.
    """
    email = normalise_email(email)
    counters = login_counters(email, address)
    PasswordGuess.objects.count_attempt(counters)
    member: Member | None = Member.objects.filter(email=email).first()
    if member is None:
        make_password(password)
    if member is None or not member.check_password(password):
        raise CredentialsWrong
    if not may_log_in(member):
        # Not forgiven: a count that begins anew would tell that the password was right.
        raise CredentialsWrong
    PasswordGuess.objects.reset(counters)
    return member


def may_cancel_withdrawal(member: Member) -> bool:
    """Whether signing in still restores a withdrawn member."""
    if member.withdrawn_at is None or member.erasure_started_at is not None or member.is_suspended:
        return False
    return timezone.now() < member.withdrawn_at + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS)


def may_log_in(member: Member) -> bool:
    """Whether the right password opens the account at this moment."""
    return member.is_active or may_cancel_withdrawal(member)


def log_in(email: str, password: str, *, audience: str, device: str, address: str, language: str | None) -> TokenPair:
    """A new login session; signing in within the days of grace undoes a withdrawal. Raises as `authenticate` does.

    The member is written to in the given language from now on, or as before when the client does not say which; they
    are told by mail of a device or network that is new.
    """
    proved = authenticate(email, password, address=address)
    with transaction.atomic():
        # Asked again under the lock: a suspension or an erasure may have come while the password was hashed.
        member = Member.objects.select_for_update(no_key=True).filter(pk=proved.pk).first()
        if member is None:
            raise CredentialsWrong
        if may_cancel_withdrawal(member):
            member.cancel_withdrawal()
        if not member.is_active or _is_changed(member, proved, password):
            raise CredentialsWrong
        if language:
            member.set_language(language)
        is_familiar = member.sessions.filter(device=device, network=coarse_network_of(address)).exists()
        pair = start_session(member, audience=audience, device=device, network=coarse_network_of(address))
        if not is_familiar:
            enqueue("accounts.mail_new_device", {"session_id": pair.session.pk})
        return pair


def _is_changed(member: Member, proved: Member, password: str) -> bool:
    """Whether the password is another one since it was proved; the same one may just have been hashed anew."""
    return member.password != proved.password and not member.check_password(password)


def confirm_password(member: Member, password: str) -> None:
    """Make sure that it is the member who holds the phone. Raises PasswordWrong or TooManyGuesses."""
    counters = session_counters(member.email)
    PasswordGuess.objects.count_attempt(counters)
    if not member.check_password(password):
        raise PasswordWrong
    PasswordGuess.objects.reset(counters)
