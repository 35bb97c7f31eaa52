"""A circuit breaker: while a service is away, calls of it fail at once instead of waiting for it one after another."""

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from prometheus_client import Gauge

Result = TypeVar("Result")
logger = logging.getLogger(__name__)

OPEN = Gauge(
    "h2h_circuit_open",
    "Processes that go on without a service, because it failed when they last tried it.",
    ["service"],
    multiprocess_mode="livesum",
)


class CircuitOpen(Exception):
    """The service was not called, because it failed a moment ago."""


class CircuitBreaker:
    """The state of one service as one process knows it. Threads share it.

    An exception of `failures` means that the service is away; any other says nothing about it. After `pause_seconds`
    one caller tries again, while the others go on without the service.
    """

    def __init__(self, service: str, failures: tuple[type[Exception], ...], pause_seconds: float) -> None:
        self.service = service
        self.failures = failures
        self.away: tuple[type[Exception], ...] = (CircuitOpen, *failures)
        self.pause_seconds = pause_seconds
        self._lock = threading.Lock()
        self._open_until: float | None = None
        # Shown as 0 from the start.
        OPEN.labels(service)

    def call(self, call: Callable[[], Result]) -> Result:
        """Return what the call returns. Raises what it raises, or CircuitOpen without calling after a failure."""
        if self._open_until is not None:
            self._begin_trial()
        try:
            result = call()
        except BaseException as error:
            self._end_in_error(error)
            raise
        if self._open_until is not None:
            self._close()
        return result

    def record_failure(self, error: Exception) -> None:
        """Refuse calls for a pause, because the service failed with an error of `failures` outside of any call."""
        self._end_in_error(error)

    def call_with_fallback(self, call: Callable[[], Result], fallback: Callable[[], Result]) -> Result:
        """Return what the call returns, or the fallback's result while the service is away."""
        try:
            return self.call(call)
        except self.away:
            return fallback()

    def _begin_trial(self) -> None:
        with self._lock:
            if self._open_until is None:
                return
            if time.monotonic() < self._open_until:
                raise CircuitOpen(self.service)
            # This caller tries, however long that takes; the others go on without the service.
            self._open_until = math.inf

    def _end_in_error(self, error: BaseException) -> None:
        is_failure = isinstance(error, self.failures)
        with self._lock:
            was_closed = self._open_until is None
            if was_closed and not is_failure:
                return
            self._open_until = time.monotonic() + self.pause_seconds
        if was_closed:
            OPEN.labels(self.service).set(1)
            logger.error("%s is away, going on without it: %s: %s", self.service, type(error).__name__, error)

    def _close(self) -> None:
        with self._lock:
            was_open, self._open_until = self._open_until is not None, None
        if was_open:
            OPEN.labels(self.service).set(0)
            logger.warning("%s is back.", self.service)
