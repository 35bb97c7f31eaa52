"""PasswordGuess: a counter of wrong passwords, in the database so that no restart resets it."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.db import connections, models, router
from django.utils import timezone

from accounts.errors import PasswordResetRequired, TooManyGuesses
from libs.compiled_queries import preparing_cursor
from libs.throttling.client_address import network_of

# The ORM has no INSERT that updates by an expression. One statement is exact however many guesses come at once.
COUNT_GUESS = """
    INSERT INTO accounts_passwordguess AS guess (key, wrong, since, in_a_row) VALUES (%s, 1, %s, %s)
    ON CONFLICT (key) DO UPDATE SET
        wrong = CASE WHEN guess.since < %s THEN 1 ELSE guess.wrong + 1 END,
        since = CASE WHEN guess.since < %s THEN excluded.since ELSE guess.since END,
        in_a_row = excluded.in_a_row
    WHERE guess.wrong < %s OR guess.since < %s
"""
RESET_GUESSES = "UPDATE accounts_passwordguess SET wrong = 0 WHERE key IN (%s, %s)"
# Before all guesses: the start of the window for wrong passwords in a row, which never ends.
FIRST_START = datetime(1970, 1, 1, tzinfo=UTC)


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
        with preparing_cursor(connections[router.db_for_write(self.model)]) as cursor:
            cursor.execute(RESET_GUESSES, counters)

    def counts_of(self, email: str, address: str) -> list[tuple[str, int, int]]:
        """Return what counts, the number of wrong passwords, and how many are allowed, without counters at zero."""
        names = _counters_of(email, address)
        counts = dict(self.filter(key__in=names, wrong__gt=0).values_list("key", "wrong"))
        most = {True: settings.PASSWORD_GUESSES_TOTAL, False: settings.PASSWORD_GUESSES_PER_NETWORK}
        return [(name, counts[key], most["in a row" in name]) for key, name in names.items() if key in counts]

    def clear_of(self, email: str, address: str) -> int:
        """Set the counters of a member's logins to zero; returns how many were not. Rows stay, as in `reset`."""
        return self.filter(key__in=_counters_of(email, address), wrong__gt=0).update(wrong=0)

    def _count_recent(self, key: str) -> None:
        now = timezone.now()
        start = now - timedelta(seconds=settings.PASSWORD_GUESS_WINDOW_SECONDS)
        if not self._count(key, settings.PASSWORD_GUESSES_PER_NETWORK, now=now, start=start):
            guess = self.filter(key=key).first()
            raise TooManyGuesses(wait=max(1, int((guess.since - start).total_seconds())) if guess else 1)

    def _count_in_a_row(self, key: str) -> None:
        if not self._count(key, settings.PASSWORD_GUESSES_TOTAL, now=timezone.now(), start=FIRST_START, in_a_row=True):
            raise PasswordResetRequired

    def _count(self, key: str, limit: int, *, now: datetime, start: datetime, in_a_row: bool = False) -> bool:
        """Count one guess, the first one again if the others are from before `start`; False if that is too many."""
        connection = connections[router.db_for_write(self.model)]
        since, before = map(connection.ops.adapt_datetimefield_value, (now, start))
        with preparing_cursor(connection) as cursor:
            cursor.execute(COUNT_GUESS, [key, since, in_a_row, before, before, limit, before])
            return bool(cursor.rowcount)


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


def _counters_of(email: str, address: str) -> dict[str, str]:
    """Return the keys of the counters that an address and a network have, with their names.

    Those of single devices are not among them: their ids are known to the devices alone.
    """
    if not email:
        return {}
    stranger, session = stranger_counters(email, address), session_counters(email)
    names = {stranger.in_a_row: "all networks, in a row", session.recent: "logged in"}
    names |= {session.in_a_row: "logged in, in a row"}
    return names | ({stranger.recent: "this network"} if address else {})


def _key(*parts: str) -> str:
    # JSON keeps the parts apart: a typed address must not give the key of other parts.
    return sha256(json.dumps(parts).encode()).hexdigest()
