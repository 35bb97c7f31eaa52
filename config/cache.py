"""The shared Redis cache; the server keeps working while Redis is slow or away."""

import functools
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django_prometheus.cache.metrics import django_cache_get_total, django_cache_hits_total, django_cache_misses_total
from django_redis.cache import RedisCache

from libs.circuit_breaker import Result
from libs.redis_circuit_breaker import redis_circuit_breaker_for

logger = logging.getLogger(__name__)

# In place of a value that may be None.
MISSING = object()
READS, HITS, MISSES = (
    metric.labels("redis") for metric in (django_cache_get_total, django_cache_hits_total, django_cache_misses_total)
)


class FaultTolerantRedisCache(RedisCache):  # type: ignore[misc]
    """A Redis cache that behaves like an empty cache while Redis is away, at the cost of one timeout every few seconds.

    While Redis is away, reads find no key: `get` returns its default, `has_key`, `touch` and `delete` return False,
    `get_many` returns {}, and `incr` and `decr` raise ValueError as for any missing key. Writes are dropped: `set` and
    `add` return False, `set_many` returns the keys it was given. So False from `add` does not mean that another process
    holds the key; what must happen only once needs the database.

    A value that cannot be decoded, which another program or release wrote, is read like a missing key too; `get_many`
    then returns {}.

    `clear`, locks, and the methods that django-redis adds to Django's cache raise the errors of redis-py.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        # django-redis must not swallow the errors, because the circuit breaker counts them.
        self._ignore_exceptions = False
        # Django makes a cache object per thread; they share one circuit breaker per Redis.
        self._breaker = redis_circuit_breaker_for(server)

    def get(self, key: str, default: Any = None, version: int | None = None, client: Any = None) -> Any:
        found = self._read(lambda: MISSING, "get", key, MISSING, version, client)
        _count_reads(hits=int(found is not MISSING), misses=int(found is MISSING))
        return default if found is MISSING else found

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        names = list(keys)
        found: dict[str, Any] = self._read(dict, "get_many", names, version)
        _count_reads(hits=len(found), misses=len(names) - len(found))
        return found

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._call(bool, "has_key", key, version)

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        return self._call(bool, "set", key, value, *args, **kwargs)

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        return self._call(bool, "add", key, value, *args, **kwargs)

    def set_many(
        self, data: Mapping[str, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        return self._call(lambda: list(data), "set_many", data, timeout, version) or []

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._call(bool, "touch", key, timeout, version)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._call(bool, "delete", key, version)

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> int:
        return self._call(int, "delete_many", list(keys), version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._call(functools.partial(_raise_missing, key), "incr", key, delta, version)

    def decr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._call(functools.partial(_raise_missing, key), "decr", key, delta, version)

    def incr_version(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._call(functools.partial(_raise_missing, key), "incr_version", key, delta, version)

    def _read(self, otherwise: Callable[[], Result], name: str, *args: Any) -> Result:
        read: Callable[[], Result] = functools.partial(getattr(super(), name), *args)

        def read_decodable() -> Result:
            try:
                return read()
            except (ValueError, RecursionError) as error:
                logger.warning("Redis holds a value that cannot be decoded: %s", type(error).__name__)
                return otherwise()

        return self._breaker.call_with_fallback(read_decodable, otherwise)

    def _call(self, otherwise: Callable[[], Result], name: str, *args: Any, **kwargs: Any) -> Result:
        call: Callable[[], Result] = functools.partial(getattr(super(), name), *args, **kwargs)
        return self._breaker.call_with_fallback(call, otherwise)


def _count_reads(*, hits: int, misses: int) -> None:
    READS.inc(hits + misses)
    HITS.inc(hits)
    MISSES.inc(misses)


def _raise_missing(key: str) -> int:
    raise ValueError(f"Key '{key}' not found")
