"""A replica as one process knows it: how far it is behind the primary, and whether reads may use it."""

import functools
import logging
import threading
import time
from collections import deque
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from libs.replicas import connection, metrics

logger = logging.getLogger("replicas")

# Time between two measurements. Seconds.
MEASURE_SECONDS = 1.0
# Time for which a replica is left out after a read failed, however well it is measured, since each failure makes a
# request wait. Seconds.
PAUSE_SECONDS = 5.0
# A replica that answers no measurement for so long has fallen silent; three of them would have been due. Seconds.
SILENT_SECONDS = 3.0
# Positions of the primary that are remembered, for ten minutes of lag; a longer one is shown as infinite.
REMEMBERED_POSITIONS = 600
PRIMARY_POSITION = "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')"
# Without a row for a server that is no standby any more, and whose positions would mean nothing.
REPLAYED_POSITION = "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') WHERE pg_is_in_recovery()"


class Replica:
    """One replica, measured every second by a thread of its own.

    The thread notes where the primary's write-ahead log ends at which time, and asks the replica up to where it has
    replayed. So the replica has everything that was committed at the last time whose position it has reached. That
    needs no clock but this process's, and an idle primary is no lag. Without measurements, because the primary or the
    replica is away, that time only grows older.
    """

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._positions: deque[tuple[float, int]] = deque(maxlen=REMEMBERED_POSITIONS)
        self._caught_up_at = self._paused_until = self._answered_at = float("-inf")
        self._was_usable = False

    @property
    def lag_seconds(self) -> float:
        """The age of what the replica is known to have."""
        return time.monotonic() - self._caught_up_at

    def is_usable(self) -> bool:
        """Return whether reads may use it: it answers, and lags at most DATABASE_REPLICA_MAX_LAG."""
        if self._thread is None:
            self._start_measuring()
        is_fresh: bool = self.lag_seconds <= settings.DATABASE_REPLICA_MAX_LAG
        return is_fresh and time.monotonic() >= self._paused_until

    def is_silent(self) -> bool:
        """Return whether it has not answered for SILENT_SECONDS, so that nobody need wait for it."""
        return time.monotonic() - self._answered_at > SILENT_SECONDS

    def pause(self, error: Exception) -> None:
        """Leave it out for PAUSE_SECONDS, after this error of a read."""
        self._paused_until = time.monotonic() + PAUSE_SECONDS
        self._report(f"{type(error).__name__}: {error}")

    def _start_measuring(self) -> None:
        # At the first read, since threads do not survive the fork of the worker processes.
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._measure_forever, name=self.alias, daemon=True)
                self._thread.start()

    def _measure_forever(self) -> None:
        while True:
            why = "it lags"
            try:
                try:
                    self._note_position()
                finally:
                    self._measure()
            except Exception as error:  # noqa: BLE001 - whatever a driver raises, the next measurement may succeed
                why = f"{type(error).__name__}: {error}"
            self._report(why)
            time.sleep(MEASURE_SECONDS)

    def _note_position(self) -> None:
        # The time is taken first, so that all that was committed at that time is before the position.
        at = time.monotonic()
        self._positions.append((at, int(_fetch_value(DEFAULT_DB_ALIAS, PRIMARY_POSITION))))

    def _measure(self) -> None:
        asked_at = time.monotonic()
        connection.is_silent.set(lambda: time.monotonic() - asked_at > SILENT_SECONDS)
        replayed = _fetch_value(self.alias, REPLAYED_POSITION)
        self._answered_at = time.monotonic()
        if replayed is None:
            self._positions.clear()
        reached = (at for at, position in self._positions if position <= int(replayed or 0))
        self._caught_up_at = max(reached, default=float("-inf"))

    def _report(self, why: str) -> None:
        """Set the metrics, and log when it becomes usable or stops to be."""
        is_usable = self.is_usable()
        metrics.LAG.labels(self.alias).set(self.lag_seconds)
        metrics.USABLE.labels(self.alias).set(is_usable)
        with self._lock:
            was_usable, self._was_usable = self._was_usable, is_usable
        if is_usable and not was_usable:
            logger.warning("Database %s answers reads.", self.alias)
        elif was_usable and not is_usable:
            logger.error("Database %s is left out: %s", self.alias, why)


def _fetch_value(alias: str, sql: str) -> Any:
    """Return the only value of a query, or None without a row."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(sql)
            return next(iter(cursor.fetchone() or ()), None)
    finally:
        connections[alias].close_if_unusable_or_obsolete()


@functools.cache
def replicas() -> list[Replica]:
    """Return the replicas in the settings: every database but the primary."""
    return [Replica(alias) for alias in settings.DATABASES if alias != DEFAULT_DB_ALIAS]
