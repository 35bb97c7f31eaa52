"""Delete what is no longer needed of sessions, codes, exports and the like, so that no table grows without end."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.erasure import start_due_erasures
from accounts.models import Export, LoginSession, PasswordGuess, SecurityEvent, VerificationCode
from accounts.models.export import MIN_INTERVAL
from accounts.models.login_session import KEEP_ENDED_SESSIONS_DAYS
from libs.cleanup import CHUNK, add_cleanup_task, delete_in_chunks

# Since when a row of wrong passwords may have begun; addresses without a member are counted too. Days.
KEEP_GUESSES_IN_A_ROW_DAYS = 365
# So long members see that there was an export. Days.
KEEP_EXPORTS_DAYS = 30


def clean_up_sessions() -> int:
    """Delete sessions that ended or expired KEEP_ENDED_SESSIONS_DAYS ago, and expired refresh tokens."""
    limit = timezone.now() - timedelta(days=KEEP_ENDED_SESSIONS_DAYS)
    # One query for each column: each has an index of its own.
    deleted = sum(
        delete_in_chunks(LoginSession.objects.filter(**{f"{column}__lt": limit}))
        for column in ("expires_at", "idle_at", "ended_at")
    )
    return deleted + _delete_expired_tokens(timezone.now())


def clean_up_codes() -> int:
    """Delete verification codes, and with them the addresses they were sent to, a day after the request."""
    return delete_in_chunks(VerificationCode.objects.filter(requested_at__lt=timezone.now() - timedelta(days=1)))


def clean_up_security_events() -> int:
    """Delete security events older than SECURITY_EVENT_RETENTION_DAYS."""
    limit = timezone.now() - timedelta(days=settings.SECURITY_EVENT_RETENTION_DAYS)
    return delete_in_chunks(SecurityEvent.objects.filter(created_at__lt=limit))


def clean_up_password_guesses() -> int:
    """Delete counters of wrong passwords after PASSWORD_GUESS_WINDOW_SECONDS, those in a row after a year."""
    now = timezone.now()
    recent = now - timedelta(seconds=settings.PASSWORD_GUESS_WINDOW_SECONDS)
    in_a_row = now - timedelta(days=KEEP_GUESSES_IN_A_ROW_DAYS)
    return delete_in_chunks(PasswordGuess.objects.filter(since__lt=recent, in_a_row=False)) + delete_in_chunks(
        PasswordGuess.objects.filter(since__lt=in_a_row, in_a_row=True)
    )


def clean_up_exports() -> int:
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


def clean_up_admin_sessions() -> int:
    """Delete expired sessions of the admin; each holds the id of its moderator."""
    return delete_in_chunks(Session.objects.filter(expire_date__lt=timezone.now()))


def _delete_expired_tokens(now: datetime) -> int:
    expired, deleted = OutstandingToken.objects.filter(expires_at__lt=now).order_by("expires_at"), 0
    while ids := list(expired.values_list("id", flat=True)[:CHUNK]):
        BlacklistedToken.objects.filter(token__in=ids).delete()
        # `delete` would read all rows first, because other rows refer to them.
        tokens = OutstandingToken.objects.filter(pk__in=ids)
        deleted += tokens._raw_delete(tokens.db)
    return deleted


add_cleanup_task("members", start_due_erasures)
add_cleanup_task("sessions", clean_up_sessions)
add_cleanup_task("codes", clean_up_codes)
add_cleanup_task("events", clean_up_security_events)
add_cleanup_task("guesses", clean_up_password_guesses)
add_cleanup_task("exports", clean_up_exports)
add_cleanup_task("admin_sessions", clean_up_admin_sessions)
