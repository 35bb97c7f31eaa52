"""The circuit breaker of Redis, so that an outage costs one timeout and not one for each call."""

import functools
import logging
from collections.abc import Callable

from redis.exceptions import ConnectionError as ConnectionFailed
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as TimedOut

from libs.circuit_breaker import CircuitBreaker, Result

logger = logging.getLogger(__name__)

# Eight times the timeout of a quarter of a second, so that an outage takes an eighth of one thread; less than the 30 s
# that a session is cached, so that few notice a restart of Redis. Seconds.
PAUSE_SECONDS = 2.0


class RedisCircuitBreaker(CircuitBreaker):
    """A circuit breaker that goes on without Redis also when Redis refuses a command (out of memory, a replica)."""

    def __init__(self) -> None:
        super().__init__("Redis", (ConnectionFailed, TimedOut), PAUSE_SECONDS)

    def call_with_fallback(self, call: Callable[[], Result], fallback: Callable[[], Result]) -> Result:
        """Return what the call returns, or the fallback's result while Redis is away or when it refuses the command."""
        try:
            return super().call_with_fallback(call, fallback)
        except ResponseError as error:
            logger.warning("Redis refused a command: %s", error)
            return fallback()


@functools.cache
def redis_circuit_breaker_for(url: str) -> RedisCircuitBreaker:
    """Return this process's circuit breaker of the Redis at the URL."""
    return RedisCircuitBreaker()
