"""LoginSession: one device that is signed in, and the one refresh token that may come next."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.sessions.revocation import cache_as_live, cached_liveness, mark_revoked
from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.keyset.models import TimeOrdered
from libs.outbox.queue import enqueue

DEVICE_MAX_GRAPHEMES = 80


class Successor(NamedTuple):
    """A refresh token as far as it is remembered: enough to sign the same token again."""

    jti: str
    issued_at: datetime
    expires_at: datetime


class LoginSessionQuerySet(models.QuerySet["LoginSession"]):
    """Sessions by whether they still open anything."""

    def live(self) -> Self:
        """Sessions that were not ended and ran out neither of use nor of time."""
        now = timezone.now()
        return self.filter(ended_at=None, expires_at__gt=now, idle_at__gt=now)

    def is_session_live(self, session_id: int) -> bool:
        """Return whether the session is live, from the cache if it knows, else from the database."""
        cached = cached_liveness(session_id)
        if cached is not None:
            return cached
        is_live = self.live().filter(pk=session_id).exists()
        if is_live:
            cache_as_live(session_id)
        return is_live

    def end(self, because: str) -> int:
        """End these sessions and their tokens for good; returns how many were not ended before.

        Revocation markers are written after the commit, and once more by the outbox in case the cache is unavailable.
        """
        with transaction.atomic():
            ending = list(self.filter(ended_at=None).order_by("pk").select_for_update())
            if not ending:
                return 0
            ids = [session.pk for session in ending]
            LoginSession.objects.filter(pk__in=ids).update(ended_at=timezone.now(), ended_because=because)
            spend(jti for session in ending for jti in (session.current_jti, session.next_jti))
            enqueue("accounts.mark_sessions_revoked", {"session_ids": ids})
            transaction.on_commit(lambda: mark_revoked(ids))
        return len(ids)


class LoginSession(TimeOrdered):
    """One login on one device, through one door.

    A refresh token is good until its one successor has been presented. `current` is the last one presented (or the
    first one given), `next` its successor once that was handed out; anything older is dead.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions")
    audience = models.CharField(max_length=20, db_column="door")
    device = models.CharField(max_length=DEVICE_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME, blank=True)
    network = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    idle_at = models.DateTimeField()
    current_jti = models.CharField(max_length=32)
    next_jti = models.CharField(max_length=32, blank=True)
    next_issued_at = models.DateTimeField(null=True)
    next_expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)

    objects = LoginSessionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="session_expiry"),
            models.Index(fields=["idle_at"], name="session_idle"),
            models.Index(fields=["ended_at"], name="session_end", condition=models.Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.device or 'a device'} of {self.member_id}"

    @property
    def is_live(self) -> bool:
        """Whether it still opens anything; the record's own answer to `live`."""
        return self.ended_at is None and timezone.now() < min(self.expires_at, self.idle_at)

    def knows(self, jti: str) -> bool:
        """Whether this refresh token is good: the one presented last, or its one successor."""
        return jti in (self.current_jti, self.next_jti)

    def present(self, jti: str) -> Successor:
        """The one successor of a good token; the caller holds the row's lock.

        Presenting the successor kills its parent, which enters the blacklist, and only then a further one is made:
        a phone that lost an answer asks again, as often as it must, and gets the same token.
        """
        if jti == self.next_jti:
            spend([self.current_jti])
            self.current_jti, self.next_jti = jti, ""
        self.used_at = timezone.now()
        successor = self.promised or self._draw()
        self.save()
        return successor

    @property
    def promised(self) -> Successor | None:
        """The successor that was handed out and has not come back yet."""
        if not (self.next_jti and self.next_issued_at and self.next_expires_at):
            return None
        return Successor(self.next_jti, self.next_issued_at, self.next_expires_at)

    def _draw(self) -> Successor:
        issued = self.used_at.replace(microsecond=0)
        drawn = Successor(uuid4().hex, issued, idle_end(issued, self.expires_at))
        self.next_jti, self.next_issued_at, self.next_expires_at = drawn
        self.idle_at = drawn.expires_at
        return drawn


def idle_end(start: datetime, absolute: datetime) -> datetime:
    """When a refresh token made at `start` runs out: after the idle days, never after the session itself."""
    return min(start + timedelta(days=settings.REFRESH_TOKEN_IDLE_DAYS), absolute.replace(microsecond=0))


def spend(jtis: Iterable[str]) -> None:
    """Write refresh tokens into the blacklist, the record of what was spent."""
    spent = OutstandingToken.objects.filter(jti__in=[jti for jti in jtis if jti])
    BlacklistedToken.objects.bulk_create([BlacklistedToken(token=token) for token in spent], ignore_conflicts=True)
