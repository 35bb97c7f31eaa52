"""Tells the worker in this process, if there is one, that a job has just been committed."""

import threading

_notified = threading.Event()


def notify() -> None:
    """Wake whoever waits; remembered when nobody does."""
    _notified.set()


def wait(seconds: float) -> None:
    """Return at the next ring, at once if it has rung since the last wait, and after so many seconds at the latest."""
    _notified.wait(seconds)
    _notified.clear()
