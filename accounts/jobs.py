"""What this room does after the answer."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.liveness import are_buried, bury
from accounts.mail import send_code, send_new_device, send_news
from accounts.models import LoginSession, SecurityEvent, VerificationCode
from outbox.registry import handles


@handles("accounts.mail_code")
def mail_code(payload: dict[str, Any]) -> None:
    """Draw the code, keep its digest, then mail it; a retry draws a new one."""
    code = VerificationCode.objects.filter(pk=payload["code_id"]).first()
    if code is not None:
        send_code(code, code.draw())


@handles("accounts.mail_event")
def mail_event(payload: dict[str, Any]) -> None:
    """Tell the member of a change of credentials."""
    event = SecurityEvent.objects.select_related("member").filter(pk=payload["event_id"]).first()
    if event is not None:
        send_news(event, event.member.email)


@handles("accounts.mail_former_address")
def mail_former_address(payload: dict[str, Any]) -> None:
    """Tell the address that a member has left behind, then forget it."""
    event = SecurityEvent.objects.select_related("member").filter(pk=payload["event_id"]).first()
    if event is not None and event.former_email:
        send_news(event, event.former_email)
        SecurityEvent.objects.filter(pk=event.pk).update(former_email="")


@handles("accounts.mail_new_device")
def mail_new_device(payload: dict[str, Any]) -> None:
    """Tell the member that somebody signed in from where nobody did before."""
    session = LoginSession.objects.select_related("member").filter(pk=payload["session_id"]).first()
    if session is not None:
        send_new_device(session)


class CacheAway(Exception):
    """The tombstones could not be written while remembered sessions may still be believed."""


@handles("accounts.bury_sessions")
def bury_sessions(payload: dict[str, Any]) -> None:
    """Write the tombstones again, in case the cache was away when the sessions ended."""
    ids = payload["session_ids"]
    bury(ids)
    recent = timezone.now() - timedelta(seconds=2 * settings.SESSION_CACHE_SECONDS)
    if not are_buried(ids) and LoginSession.objects.filter(pk__in=ids, ended_at__gt=recent).exists():
        raise CacheAway
