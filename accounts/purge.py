"""Delete what is no longer needed of sessions, codes, exports and the like, so that no table grows without end."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import Export, LoginSession, PasswordGuess, SecurityEvent, VerificationCode
from accounts.models.export import MIN_INTERVAL
from libs.cleanup import CHUNK, delete_in_chunks

# So long members can tell from the list of security events which session was meant. Days.
KEEP_ENDED_SESSIONS_DAYS = 30
# Since when a row of wrong passwords may have begun; addresses without a member are counted too. Days.
KEEP_GUESSES_IN_A_ROW_DAYS = 365
# So long members see that there was an export. Days.
KEEP_EXPORTS_DAYS = 30


def purge_sessions() -> int:
    """Delete sessions that ended or expired KEEP_ENDED_SESSIONS_DAYS ago, and expired refresh tokens."""
    limit = timezone.now() - timedelta(days=KEEP_ENDED_SESSIONS_DAYS)
    # One query for each column: each has an index of its own.
    deleted = sum(
        delete_in_chunks(LoginSession.objects.filter(**{f"{column}__lt": limit}))
        for column in ("expires_at", "idle_at", "ended_at")
    )
    return deleted + _purge_tokens(timezone.now())


def purge_codes() -> int:
    """Delete verification codes, and with them the addresses they were sent to, a day after the request."""
    return delete_in_chunks(VerificationCode.objects.filter(requested_at__lt=timezone.now() - timedelta(days=1)))


def purge_security_events() -> int:
    """Delete security events older than SECURITY_EVENT_RETENTION_DAYS."""
    limit = timezone.now() - timedelta(days=settings.SECURITY_EVENT_RETENTION_DAYS)
    return delete_in_chunks(SecurityEvent.objects.filter(created_at__lt=limit))


def purge_password_guesses() -> int:
    """Delete counters of wrong passwords after PASSWORD_GUESS_WINDOW_SECONDS, those in a row after a year."""
    now = timezone.now()
    recent = now - timedelta(seconds=settings.PASSWORD_GUESS_WINDOW_SECONDS)
    in_a_row = now - timedelta(days=KEEP_GUESSES_IN_A_ROW_DAYS)
    return delete_in_chunks(PasswordGuess.objects.filter(since__lt=recent, in_a_row=False)) + delete_in_chunks(
        PasswordGuess.objects.filter(since__lt=in_a_row, in_a_row=True)
    )


def purge_exports() -> int:
    """Delete files of expired exports, give up exports that no job builds any more, delete the oldest records."""
    now, number = timezone.now(), 0
    while expired := _expire_exports(now):
        number += expired
    for export in Export.objects.unfinished().filter(created_at__lt=now - MIN_INTERVAL):
        export.fail()
        number += 1
    oldest = Export.objects.filter(created_at__lt=now - timedelta(days=KEEP_EXPORTS_DAYS), bytes=None)
    return number + delete_in_chunks(oldest)


@transaction.atomic
def _expire_exports(now: datetime) -> int:
    overdue = Export.objects.filter(expires_at__lte=now, bytes__isnull=False).select_for_update()
    expired = Export.objects.filter(pk__in=list(overdue.order_by("pk").values_list("pk", flat=True)[:CHUNK]))
    number = expired.delete_files_later()
    expired.update(bytes=None)
    return number


def purge_admin_sessions() -> int:
    """Delete expired sessions of the admin; each holds the id of its moderator."""
    return delete_in_chunks(Session.objects.filter(expire_date__lt=timezone.now()))


def _purge_tokens(now: datetime) -> int:
    expired, deleted = OutstandingToken.objects.filter(expires_at__lt=now).order_by("expires_at"), 0
    while ids := list(expired.values_list("id", flat=True)[:CHUNK]):
        BlacklistedToken.objects.filter(token__in=ids).delete()
        # `delete` would read all rows first, because other rows refer to them.
        tokens = OutstandingToken.objects.filter(pk__in=ids)
        deleted += tokens._raw_delete(tokens.db)
    return deleted
