"""PasswordGuess: a counter of wrong passwords, in the database so that no restart resets it."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

from accounts.errors import PasswordResetRequired, TooManyGuesses
from libs.throttling.client_address import network_of


class GuessCounters(NamedTuple):
    """The keys of two counters of one login: of a while, and of all wrong passwords in a row."""

    recent: str
    in_a_row: str


def stranger_counters(email: str, address: str) -> GuessCounters:
    """Return the counters of a login from an unknown device: of this account from its network, and from all."""
    return GuessCounters(_key(email, network_of(address)), _key(email))


def device_counters(email: str, device: str) -> GuessCounters:
    """Return the counters of a login from a device that the member has logged in from, which strangers cannot raise."""
    return GuessCounters(_key(email, "device", device), _key(email, "device", device, "in a row"))


def session_counters(email: str) -> GuessCounters:
    """Return the counters of password confirmations in a login session, which needs an access token."""
    return GuessCounters(_key(email, "signed in"), _key(email, "signed in", "in a row"))


class PasswordGuessQuerySet(models.QuerySet["PasswordGuess"]):
    """Counters are increased before the password is checked, so that concurrent attempts cannot exceed the limit."""

    def count_attempt(self, counters: GuessCounters) -> None:
        """Count one guess on each counter.

        Raises TooManyGuesses with the seconds to wait, and PasswordResetRequired after PASSWORD_GUESSES_TOTAL in a row.
        """
        self._count_recent(counters.recent)
        self._count_in_a_row(counters.in_a_row)

    def is_used_up(self, counters: GuessCounters) -> bool:
        """Return whether all guesses in a row have been made."""
        return self.filter(key=counters.in_a_row, wrong__gte=settings.PASSWORD_GUESSES_TOTAL).exists()

    def reset(self, counters: GuessCounters) -> None:
        """Reset the counters after the right password; rows stay, since a concurrent login may be counting."""
        self.filter(key__in=counters).update(wrong=0)

    def _count_recent(self, key: str) -> None:
        now = timezone.now()
        start = now - timedelta(seconds=settings.PASSWORD_GUESS_WINDOW_SECONDS)
        guess, is_new = self.get_or_create(key=key, defaults={"wrong": 1, "since": now})
        if is_new or self.filter(key=key, since__lt=start).update(wrong=1, since=now):
            return
        if not self.filter(key=key, wrong__lt=settings.PASSWORD_GUESSES_PER_NETWORK).update(wrong=F("wrong") + 1):
            raise TooManyGuesses(wait=max(1, int((guess.since - start).total_seconds())))

    def _count_in_a_row(self, key: str) -> None:
        _, is_new = self.get_or_create(key=key, defaults={"wrong": 1, "since": timezone.now(), "in_a_row": True})
        fewer = self.filter(key=key, wrong__lt=settings.PASSWORD_GUESSES_TOTAL)
        if not is_new and not fewer.update(wrong=F("wrong") + 1, in_a_row=True):
            raise PasswordResetRequired


class PasswordGuess(models.Model):
    """Wrong passwords since a time; the key is a digest, so that the table contains no addresses."""

    key = models.CharField(max_length=64, unique=True)
    wrong = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)
    # Whether it counts all guesses since the last right password, however long ago, and not those of a while.
    in_a_row = models.BooleanField(default=False, db_default=False)

    objects = PasswordGuessQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.wrong} since {self.since}"


def _key(*parts: str) -> str:
    # JSON keeps the parts apart: a typed address must not give the key of other parts.
    return sha256(json.dumps(parts).encode()).hexdigest()
