"""How often a Redis that does not answer is asked again, so that its being away costs one timeout and not all."""

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

# Long beside the timeout of a quarter of a second, so that a dead Redis takes an eighth of one thread at most; short
# beside the 30 s a session is remembered, so that a restart of Redis is over before anybody notices. Seconds.
PAUSE_SECONDS = 2.0


class CircuitBreaker:
    """One Redis, as one process knows it. Shared by all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rests_until: float | None = None

    def call(self, call: Callable[[], Result], otherwise: Callable[[], Result]) -> Result:
        """What the call answers, or `otherwise` when Redis fails or failed within the last PAUSE_SECONDS seconds.

        After a pause one caller tries again while the others go on without. A command that Redis itself refuses
        (out of memory, a replica) is told to the log each time, and is no reason not to ask for the next thing.
        """
        if not self._may_try():
            return otherwise()
        try:
            answer = call()
        except ResponseError as fault:
            logger.warning("Redis refused a command: %s", fault)
            return otherwise()
        except (ConnectionFailed, TimedOut) as fault:
            self._failed(fault)
            return otherwise()
        self._answered()
        return answer

    def _may_try(self) -> bool:
        if self._rests_until is None:
            return True
        with self._lock:
            now = time.monotonic()
            if self._rests_until is None or self._rests_until <= now:
                self._rests_until = self._rests_until and now + PAUSE_SECONDS
                return True
            return False

    def _failed(self, fault: Exception) -> None:
        with self._lock:
            is_news, self._rests_until = self._rests_until is None, time.monotonic() + PAUSE_SECONDS
        if is_news:
            logger.error("Redis is away, going on without it: %s", type(fault).__name__)

    def _answered(self) -> None:
        if self._rests_until is None:
            return
        with self._lock:
            is_news, self._rests_until = self._rests_until is not None, None
        if is_news:
            logger.warning("Redis is back.")


@functools.cache
def circuit_breaker_for(url: str) -> CircuitBreaker:
    """The one breaker of this process for the Redis at the given URL."""
    return CircuitBreaker()
