"""LoginSession: one login of a member on one device."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.events import SESSIONS_ENDED
from accounts.sessions.revocation import cache_as_live, cached_liveness, mark_revoked
from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.compiled_queries import CompiledQuery
from libs.keyset.models import TimeOrdered
from libs.outbox.queue import enqueue

DEVICE_MAX_GRAPHEMES = 80
# How many used refresh tokens of a session are kept as a record, so that renewing often does not fill the tables.
USED_TOKENS_KEPT = 3
# So long ended sessions stay, and members can tell from the list of security events which one was meant. Days.
KEEP_ENDED_SESSIONS_DAYS = 30
# A client that lost a response repeats its request within this time, perhaps from its next network. Minutes.
REPETITION_MINUTES = 5


class TokenIdentity(NamedTuple):
    """What is stored of a refresh token: enough to sign the same token again."""

    jti: str
    issued_at: datetime
    expires_at: datetime

    @classmethod
    def generate(cls, issued_at: datetime, session_expires_at: datetime) -> Self:
        """Return a new identity that expires when the session was idle too long, or with the session itself."""
        idle_expiry = issued_at + timedelta(days=settings.REFRESH_TOKEN_IDLE_DAYS)
        return cls(uuid4().hex, issued_at, min(idle_expiry, session_expires_at))


class SessionOverview(NamedTuple):
    """Numbers of sessions of a member: all that are stored, the live ones, and those on one device in one network."""

    stored: int
    live: int
    familiar: int


class LoginSessionQuerySet(models.QuerySet["LoginSession"]):
    """Login sessions by whether they are live."""

    def live(self) -> Self:
        """Sessions that were not ended and have not expired."""
        return self.live_at(timezone.now())

    def live_at(self, time: datetime) -> Self:
        """Sessions that are live at this time."""
        return self.filter(self.live_condition(time))

    @staticmethod
    def live_condition(time: datetime) -> Q:
        """Return the condition of `live_at`."""
        return Q(ended_at=None, expires_at__gt=time, idle_at__gt=time)

    def is_session_live(self, session_id: int) -> bool:
        """Return whether the session is live, from the cache if it knows, else from the database."""
        cached = cached_liveness(session_id)
        if cached is not None:
            return cached
        is_live = self.is_live_in_database(session_id)
        if is_live:
            cache_as_live(session_id)
        return is_live

    def is_live_in_database(self, session_id: int) -> bool:
        """Return whether the session is live, from the database."""
        return bool(_compiled_live().rows(session=session_id, time=timezone.now()))

    def overview(self, member_id: int, *, device: str, network: str) -> "SessionOverview":
        """Return the numbers of a member's sessions, by one query."""
        values = {"member": member_id, "device": device, "network": network, "time": timezone.now()}
        rows = _compiled_overview().rows(**values)
        return SessionOverview(**rows[0]) if rows else SessionOverview(0, 0, 0)

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
            blacklist_tokens(jti for session in ending for jti in (session.current_jti, session.next_jti))
            enqueue("accounts.mark_sessions_revoked", {"session_ids": ids})
            transaction.on_commit(lambda: mark_revoked(ids))
            SESSIONS_ENDED.send(ids)
        return len(ids)


class LoginSession(TimeOrdered):
    """One login on one device, for one audience.

    A refresh token is valid until its successor has been used. `current_jti` is the token that was used last, or the
    first one; `next_jti` is its successor, once that was issued. All older tokens are invalid.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("member"), related_name="sessions"
    )
    audience = models.CharField(_("interface"), max_length=20, db_column="door")
    device = models.CharField(_("device"), max_length=DEVICE_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)
    created_at = models.DateTimeField(_("logged in"), default=timezone.now)
    used_at = models.DateTimeField(_("last used"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    # When it expires unless its refresh token is used before.
    idle_at = models.DateTimeField(_("expires if unused"))
    current_jti = models.CharField(max_length=32)
    next_jti = models.CharField(max_length=32, blank=True)
    next_issued_at = models.DateTimeField(null=True)
    next_expires_at = models.DateTimeField(null=True)
    # The network to which the successor was issued. The database defaults serve a release without these two fields.
    next_network = models.CharField(max_length=50, blank=True, default="", db_default="")
    # The tokens used before `current_jti` of which a record is kept, the newest first.
    used_jtis = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_because = models.CharField(_("ended because"), max_length=20, blank=True)

    objects = LoginSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("login session")
        verbose_name_plural = _("login sessions")
        indexes = [
            models.Index(fields=["expires_at"], name="session_expiry"),
            models.Index(fields=["idle_at"], name="session_idle"),
            models.Index(fields=["ended_at"], name="session_end", condition=models.Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.device or 'a device'} of {self.member_id}"

    @property
    def is_live(self) -> bool:
        """Whether it is live, as `LoginSessionQuerySet.live` selects."""
        return self.ended_at is None and timezone.now() < min(self.expires_at, self.idle_at)

    def accepts_refresh_token(self, jti: str) -> bool:
        """Whether this refresh token is valid: the one used last, or its successor."""
        return jti in (self.current_jti, self.next_jti)

    def is_repeated_elsewhere(self, jti: str, network: str) -> bool:
        """Whether the token is presented again after minutes from another network than the one that has its successor.

        A device and a copy of its token that renew in turn never use an older token; this is how they show.
        """
        if jti != self.current_jti or not self.next_issued_at or not self.next_network or network == self.next_network:
            return False
        return timezone.now() > self.next_issued_at + timedelta(minutes=REPETITION_MINUTES)

    def use_refresh_token(self, jti: str, network: str) -> TokenIdentity:
        """Return the successor of a valid refresh token; the caller holds the row's lock.

        A token whose successor was not used yet gets the same successor again, so that a client that lost the response
        may repeat its request. Using the successor blacklists its parent and issues a new successor.
        """
        if jti == self.next_jti:
            blacklist_tokens([self.current_jti])
            used = [self.current_jti, *self.used_jtis]
            self.used_jtis, forgotten = used[:USED_TOKENS_KEPT], used[USED_TOKENS_KEPT:]
            # They stay invalid without a record: no session names them.
            OutstandingToken.objects.filter(jti__in=forgotten).delete()
            self.current_jti, self.next_jti = jti, ""
        self.used_at = timezone.now()
        successor = self._unused_successor() or self._issue_successor(network)
        self.save()
        return successor

    def _unused_successor(self) -> TokenIdentity | None:
        if not (self.next_jti and self.next_issued_at and self.next_expires_at):
            return None
        return TokenIdentity(self.next_jti, self.next_issued_at, self.next_expires_at)

    def _issue_successor(self, network: str) -> TokenIdentity:
        issued_at = self.used_at.replace(microsecond=0)
        successor = TokenIdentity.generate(issued_at, self.expires_at.replace(microsecond=0))
        self.next_jti, self.next_issued_at, self.next_expires_at = successor
        self.next_network, self.idle_at = network, successor.expires_at
        return successor


def blacklist_tokens(jtis: Iterable[str]) -> None:
    """Blacklist refresh tokens, as a record that they were used up."""
    used = OutstandingToken.objects.filter(jti__in=[jti for jti in jtis if jti])
    BlacklistedToken.objects.bulk_create([BlacklistedToken(token=token) for token in used], ignore_conflicts=True)


@cache
def _compiled_live() -> CompiledQuery:
    # Compiled when it is first used, since this module is imported before all models are there.
    return CompiledQuery(_select_live)


@cache
def _compiled_overview() -> CompiledQuery:
    return CompiledQuery(_select_overview)


def _select_overview(member: int, device: str, network: str, time: datetime) -> Any:
    counts = {
        "stored": Count("pk"),
        "live": Count("pk", filter=LoginSessionQuerySet.live_condition(time)),
        "familiar": Count("pk", filter=Q(device=device, network=network)),
    }
    return LoginSession.objects.filter(member=member).values("member").annotate(**counts).values(*counts)


def _select_live(session: int, time: datetime) -> Any:
    return LoginSession.objects.live_at(time).filter(pk=session).values("pk")
