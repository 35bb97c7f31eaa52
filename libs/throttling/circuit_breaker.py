"""A circuit breaker for Redis, so that an outage costs one timeout and not one for each call."""

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from redis.exceptions import ConnectionError as ConnectionFailed
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as TimedOut

Result = TypeVar("Result")
logger = logging.getLogger(__name__)

# Eight times the timeout of a quarter of a second, so that an outage takes an eighth of one thread; less than the 30 s
# that a session is cached, so that few notice a restart of Redis. Seconds.
PAUSE_SECONDS = 2.0


class CircuitBreaker:
    """The state of one Redis as one process knows it. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open_until: float | None = None

    def call(self, call: Callable[[], Result], fallback: Callable[[], Result]) -> Result:
        """Return what the call returns, or the fallback's result when Redis fails or failed in the last PAUSE_SECONDS.

        After a pause one caller tries again while the others use the fallback. A command that Redis itself refuses
        (out of memory, a replica) is logged and uses the fallback, but does not open the breaker.
        """
        if not self._may_try():
            return fallback()
        try:
            result = call()
        except ResponseError as error:
            logger.warning("Redis refused a command: %s", error)
            return fallback()
        except (ConnectionFailed, TimedOut) as error:
            self._open(error)
            return fallback()
        self._close()
        return result

    def _may_try(self) -> bool:
        if self._open_until is None:
            return True
        with self._lock:
            now = time.monotonic()
            if self._open_until is None:
                return True
            if now < self._open_until:
                return False
            # This caller tries; the others go on without Redis for another pause.
            self._open_until = now + PAUSE_SECONDS
            return True

    def _open(self, error: Exception) -> None:
        with self._lock:
            was_closed, self._open_until = self._open_until is None, time.monotonic() + PAUSE_SECONDS
        if was_closed:
            logger.error("Redis is away, going on without it: %s", type(error).__name__)

    def _close(self) -> None:
        if self._open_until is None:
            return
        with self._lock:
            was_open, self._open_until = self._open_until is not None, None
        if was_open:
            logger.warning("Redis is back.")


@functools.cache
def circuit_breaker_for(url: str) -> CircuitBreaker:
    """Return this process's circuit breaker of the Redis at the URL."""
    return CircuitBreaker()
