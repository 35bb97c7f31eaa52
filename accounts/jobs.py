"""What this room does after the answer."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.liveness import are_buried, bury
from accounts.mail import send_code
from accounts.models import LoginSession, VerificationCode
from outbox.registry import handles


@handles("accounts.mail_code")
def mail_code(payload: dict[str, Any]) -> None:
    """Draw the code, keep its digest, then mail it; a retry draws a new one."""
    code = VerificationCode.objects.filter(pk=payload["code_id"]).first()
    if code is not None:
        send_code(code, code.draw())


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
