"""Delete what is no longer needed of sessions, codes, exports and the like, and start the erasures that are due.

With `dry` each function only counts it.
"""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
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


def clean_up_sessions(*, dry: bool = False) -> int:
    """Delete sessions that ended or expired KEEP_ENDED_SESSIONS_DAYS ago, and expired refresh tokens."""
    limit = timezone.now() - timedelta(days=KEEP_ENDED_SESSIONS_DAYS)
    # One query for each column: each has an index of its own.
    columns = ("expires_at", "idle_at", "ended_at")
    sessions = [LoginSession.objects.filter(**{f"{column}__lt": limit}) for column in columns]
    tokens = OutstandingToken.objects.filter(expires_at__lt=timezone.now())
    if dry:
        # A session may be over for several of them.
        return reduce(or_, sessions).count() + tokens.count()
    return sum(map(delete_in_chunks, sessions)) + _delete_expired_tokens(tokens)


def clean_up_codes(*, dry: bool = False) -> int:
    """Delete verification codes, and with them the addresses they were sent to, a day after the request."""
    codes = VerificationCode.objects.filter(requested_at__lt=timezone.now() - timedelta(days=1))
    return delete_in_chunks(codes, dry=dry)


def clean_up_security_events(*, dry: bool = False) -> int:
    """Delete security events older than SECURITY_EVENT_RETENTION_DAYS."""
    limit = timezone.now() - timedelta(days=settings.SECURITY_EVENT_RETENTION_DAYS)
    return delete_in_chunks(SecurityEvent.objects.filter(created_at__lt=limit), dry=dry)


def clean_up_password_guesses(*, dry: bool = False) -> int:
    """Delete counters of wrong passwords after PASSWORD_GUESS_WINDOW_SECONDS, those in a row after a year."""
    now = timezone.now()
    recent = now - timedelta(seconds=settings.PASSWORD_GUESS_WINDOW_SECONDS)
    in_a_row = now - timedelta(days=KEEP_GUESSES_IN_A_ROW_DAYS)
    old = PasswordGuess.objects.filter(since__lt=recent, in_a_row=False)
    old_in_a_row = PasswordGuess.objects.filter(since__lt=in_a_row, in_a_row=True)
    return delete_in_chunks(old, dry=dry) + delete_in_chunks(old_in_a_row, dry=dry)


def clean_up_exports(*, dry: bool = False) -> int:
    """Delete files of expired exports, give up exports that no job builds any more, delete the oldest records."""
    now, number = timezone.now(), 0
    overdue = Export.objects.filter(expires_at__lte=now, bytes__isnull=False)
    given_up = Export.objects.unfinished().filter(created_at__lt=now - MIN_INTERVAL)
    oldest = Export.objects.filter(created_at__lt=now - timedelta(days=KEEP_EXPORTS_DAYS), bytes=None)
    if dry:
        return (overdue | given_up | oldest).count()
    while expired := _expire_exports(overdue):
        number += expired
    for export in given_up:
        export.fail()
        number += 1
    return number + delete_in_chunks(oldest)


@transaction.atomic
def _expire_exports(overdue: QuerySet[Export]) -> int:
    first = overdue.select_for_update().order_by("pk").values_list("pk", flat=True)[:CHUNK]
    expired = Export.objects.filter(pk__in=list(first))
    number = expired.delete_files_later()
    expired.update(bytes=None)
    return number


def clean_up_admin_sessions(*, dry: bool = False) -> int:
    """Delete expired sessions of the admin; each holds the id of its moderator."""
    return delete_in_chunks(Session.objects.filter(expire_date__lt=timezone.now()), dry=dry)


def _delete_expired_tokens(expired: QuerySet[OutstandingToken]) -> int:
    deleted = 0
    while ids := list(expired.order_by("expires_at").values_list("id", flat=True)[:CHUNK]):
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
