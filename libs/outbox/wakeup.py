"""Wakes the worker of this process, if there is one, when a job is committed."""

import threading

_notified = threading.Event()


def notify() -> None:
    """Wake the worker now, or end its next wait at once."""
    _notified.set()


def wait(seconds: float) -> None:
    """Wait for the next notification, at most this long; returns at once if one came since the last wait."""
    _notified.wait(seconds)
    _notified.clear()
