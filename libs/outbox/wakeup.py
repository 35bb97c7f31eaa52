"""Tells the worker in this process, if there is one, that a job has just been committed."""

import threading

_rung = threading.Event()


def ring() -> None:
    """Wake whoever waits; remembered when nobody does."""
    _rung.set()


def wait(seconds: float) -> None:
    """Return at the next ring, at once if it has rung since the last wait, and after so many seconds at the latest."""
    _rung.wait(seconds)
    _rung.clear()
