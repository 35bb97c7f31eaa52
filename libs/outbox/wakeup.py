"""Wakes the workers of this process when a job that they take is committed."""

import threading
import weakref
from collections.abc import Callable

_lock = threading.Lock()
_wakeups: "weakref.WeakSet[Wakeup]" = weakref.WeakSet()


class Wakeup:
    """What one worker waits for: a job of a kind that it takes."""

    def __init__(self, takes: Callable[[str], bool]) -> None:
        self.takes = takes
        self._notified = threading.Event()
        with _lock:
            _wakeups.add(self)

    def notify(self) -> None:
        """Wake the worker now, or end its next wait at once."""
        self._notified.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the next notification, at most this long; return whether one has come since the last wait."""
        is_notified = self._notified.wait(seconds)
        self._notified.clear()
        return is_notified


def notify(kind: str) -> None:
    """Wake the workers that take jobs of this kind."""
    with _lock:
        wakeups = list(_wakeups)
    for wakeup in wakeups:
        if wakeup.takes(kind):
            wakeup.notify()
