"""The states of the switches as this process knows them: read from the database every few seconds, not per request."""

import threading
import time

import structlog
from django.db import Error, router, transaction
from django.utils import timezone

from libs.switches.models import SwitchState

# How old the states are at most when something is changed. Seconds.
REFRESH_SECONDS = 2.0

log = structlog.get_logger("switches")


class SwitchStates:
    """The switches that are off. Threads share it; while the database is away the last known states count."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._off: frozenset[str] = frozenset()
        self._read_next_at = 0.0

    def is_on(self, name: str) -> bool:
        """Whether a switch is on; it costs nothing."""
        return name not in self._off

    def refresh_if_due(self) -> None:
        """Read the states if they are older than REFRESH_SECONDS; call it outside of transactions.

        One thread reads. The others go on with what is known, except before the first time.
        """
        if time.monotonic() < self._read_next_at:
            return
        if self._lock.acquire(blocking=self._read_next_at == 0.0):
            try:
                if time.monotonic() >= self._read_next_at:
                    self._read_or_keep()
            finally:
                self._lock.release()

    def read(self) -> None:
        """Read the states now."""
        rows = SwitchState.objects.using(router.db_for_write(SwitchState)).filter(is_on=False)
        off = frozenset(rows.values_list("name", flat=True))
        if off != self._off:
            log.warning("switches changed", off=sorted(off))
        self._off = off

    def hold(self, off: frozenset[str] = frozenset()) -> None:
        """Take these for off and read nothing from now on; for tests."""
        self._off, self._read_next_at = off, float("inf")

    def _read_or_keep(self) -> None:
        try:
            self.read()
        except Error as error:
            log.warning("switches not read", error=type(error).__name__)
        self._read_next_at = time.monotonic() + REFRESH_SECONDS


states = SwitchStates()


@transaction.atomic
def set_switch(name: str, *, is_on: bool, by: str) -> bool:
    """Turn a switch on or off for all processes; returns whether that changed anything."""
    state = SwitchState.objects.select_for_update().filter(name=name).first()
    if (state is None or state.is_on) == is_on:
        return False
    fields = {"is_on": is_on, "changed_at": timezone.now(), "changed_by": by}
    SwitchState.objects.update_or_create(name=name, defaults=fields)
    states.read()
    return True
