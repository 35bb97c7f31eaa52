"""The shared cache, which may be slow or gone without taking the server with it."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django_redis.cache import RedisCache

from libs.throttling.circuit_breaker import Answer, breaker_for


class FaultTolerantRedisCache(RedisCache):  # type: ignore[misc]
    """A Redis cache that is empty while Redis is away, and costs one timeout every few seconds then.

    What is asked meanwhile answers as if no key were there: `get` its default, `has_key`, `touch` and `delete` False,
    `get_many` nothing; `incr` and `decr` raise ValueError, as they do for any missing key. What is written is not:
    `set` and `add` answer False, `set_many` the keys it was given. So the False of `add` means "not stored by you",
    and never that somebody else holds the key; what must happen once needs the database.

    `clear`, locks, and what django-redis adds to Django's cache raise redis' errors while Redis is away.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        # The errors are for the breaker, which knows better than to swallow each by itself.
        self._ignore_exceptions = False
        # Django makes a cache for each thread; what they know of Redis is one thing.
        self._breaker = breaker_for(server)

    def get(self, key: str, default: Any = None, version: int | None = None, client: Any = None) -> Any:
        return self._ask(lambda: default, "get", key, default, version, client)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        return self._ask(dict, "get_many", list(keys), version)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._ask(_no, "has_key", key, version)

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        return self._ask(_no, "set", key, value, *args, **kwargs)

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        return self._ask(_no, "add", key, value, *args, **kwargs)

    def set_many(
        self, data: Mapping[str, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        return self._ask(lambda: list(data), "set_many", data, timeout, version) or []

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(_no, "touch", key, timeout, version)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._ask(_no, "delete", key, version)

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> int:
        return self._ask(lambda: 0, "delete_many", list(keys), version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._ask(functools.partial(_missing, key), "incr", key, delta, version)

    def decr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._ask(functools.partial(_missing, key), "decr", key, delta, version)

    def incr_version(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._ask(functools.partial(_missing, key), "incr_version", key, delta, version)

    def _ask(self, otherwise: Callable[[], Answer], name: str, *args: Any, **kwargs: Any) -> Answer:
        call: Callable[[], Answer] = functools.partial(getattr(super(), name), *args, **kwargs)
        return self._breaker.ask(call, otherwise)


def _no() -> bool:
    return False


def _missing(key: str) -> int:
    raise ValueError(f"Key '{key}' not found")
