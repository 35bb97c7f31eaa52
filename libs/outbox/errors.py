"""Errors of the outbox, and what a handler raises to end its job. No client sees them, so they have no status."""

from datetime import timedelta


class LeaseLost(Exception):
    """A handler ran longer than its lease without renewing it, and another worker has taken its job."""


class UnknownJobKind(LookupError):
    """No handler is registered for a kind of job: it is misspelt, or its app has no `jobs.py`."""


class PermanentFailure(Exception):
    """Raised by a handler that would fail at every attempt: the job is abandoned, with this as the reason."""


class RetryLater(Exception):
    """Raised by a handler that knows how long another attempt would be in vain: the job waits for `delay` at least.

    The attempt counts, and the wait is never shorter than after any other failure.
    """

    def __init__(self, reason: str, delay: timedelta) -> None:
        super().__init__(reason)
        self.delay = delay


class Postponed(Exception):
    """Raised by a handler that must not run now: all jobs of its kind wait for `delay`, and this was no attempt.

    The jobs keep their order. Each process runs at most as many of them in vain as it has workers.
    """

    def __init__(self, reason: str, delay: timedelta) -> None:
        super().__init__(reason)
        self.delay = delay
