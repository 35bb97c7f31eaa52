"""What time has made useless here is swept away, in chunks over an index, so that no table grows without end."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import Export, LoginSession, PasswordGuess, SecurityEvent, VerificationCode
from accounts.models.export import ONCE_IN

CHUNK = 1_000
# A member still sees for so long in the log of events which session it was. Days.
KEEP_ENDED_DAYS = 30
# And for so long that there was an export. Days.
KEEP_EXPORTS_DAYS = 30


def purge_sessions() -> int:
    """Forget sessions that ended or ran out a month ago, and refresh tokens that have expired."""
    limit = timezone.now() - timedelta(days=KEEP_ENDED_DAYS)
    sessions = LoginSession.objects
    swept = sum(
        _in_chunks(sessions.filter(**{f"{column}__lt": limit})) for column in ("expires_at", "idle_at", "ended_at")
    )
    return swept + _purge_tokens(timezone.now())


def purge_codes() -> int:
    """Forget codes and the addresses they were mailed to, a day after they were asked for."""
    return _in_chunks(VerificationCode.objects.filter(requested_at__lt=timezone.now() - timedelta(days=1)))


def purge_security_events() -> int:
    """Forget what happened to accounts long ago."""
    limit = timezone.now() - timedelta(days=settings.SECURITY_EVENT_RETENTION_DAYS)
    return _in_chunks(SecurityEvent.objects.filter(created_at__lt=limit))


def purge_password_guesses() -> int:
    """Forget wrong passwords whose time is over."""
    limit = timezone.now() - timedelta(seconds=settings.PASSWORD_GUESS_WINDOW_SECONDS)
    return _in_chunks(PasswordGuess.objects.filter(since__lt=limit))


def purge_exports() -> int:
    """Delete the files of exports whose days are over, give up those that nobody makes any more, forget the oldest."""
    now, swept = timezone.now(), 0
    while expired := _expire_exports(now):
        swept += expired
    for lost in Export.objects.unfinished().filter(created_at__lt=now - ONCE_IN):
        lost.fail()
        swept += 1
    return swept + _in_chunks(Export.objects.filter(created_at__lt=now - timedelta(days=KEEP_EXPORTS_DAYS), bytes=None))


@transaction.atomic
def _expire_exports(now: datetime) -> int:
    overdue = Export.objects.filter(expires_at__lte=now, bytes__isnull=False).select_for_update()
    expired = Export.objects.filter(pk__in=list(overdue.order_by("pk").values_list("pk", flat=True)[:CHUNK]))
    number = expired.discard_files()
    expired.update(bytes=None)
    return number


def purge_admin_sessions() -> int:
    """Forget moderators' sessions that have run out; each holds the id of whose it was."""
    return _in_chunks(Session.objects.filter(expire_date__lt=timezone.now()))


def _purge_tokens(now: datetime) -> int:
    swept = 0
    while ids := list(
        OutstandingToken.objects.filter(expires_at__lt=now).order_by("expires_at").values_list("id", flat=True)[:CHUNK]
    ):
        BlacklistedToken.objects.filter(token__in=ids)._raw_delete("default")
        swept += OutstandingToken.objects.filter(pk__in=ids)._raw_delete("default")
    return swept


def _in_chunks(rows: models.QuerySet[Any]) -> int:
    swept = 0
    while ids := list(rows.order_by().values_list("pk", flat=True)[:CHUNK]):
        swept += rows.model._base_manager.filter(pk__in=ids).delete()[0]
    return swept
