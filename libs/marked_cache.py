"""A cache in Redis of values by id, over which changes write a marker, so that nothing older is stored afterwards.

The database is the source of truth. A change writes the marker over what is cached, after the commit; storing never
overwrites it, so a request that queried the database before the change cannot restore what it found. Nor is anything
stored that was read before Redis was emptied, since a marker may have been lost then. What could not be marked, because
Redis was away or the server was killed, is cached for settings.FEED_CACHE_SECONDS at most.
"""

import functools
from collections.abc import Sequence
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from libs.redis_circuit_breaker import redis_circuit_breaker_for
from libs.redis_scripts import RedisScript

# Longer than a request takes from its query to storing what it found. Seconds.
MARKER_SECONDS = 30
# What is stored in place of a value: the marker of a change, or that there is too much to cache.
CHANGED, TOO_MANY = 0, 1
_STORE = """
    if redis.call('get', KEYS[2]) == ARGV[2] then
        redis.call('set', KEYS[1], ARGV[1], 'nx', 'ex', ARGV[3])
    end
"""


class MarkedCache:
    """The values of one kind, which are JSON arrays."""

    def __init__(self, name: str) -> None:
        self.name = name

    def redis_key(self, each: int) -> str:
        """Return the key that Redis has for the value of this id."""
        return _redis_prefix(self.name) + str(each)

    def parse(self, value: bytes | None) -> list[Any] | int | None:
        """Return the array that is cached; CHANGED, TOO_MANY, or None for anything else."""
        try:
            content = orjson.loads(value or b"null")
        except ValueError:
            return None
        if isinstance(content, list):
            return content
        return content if content in (CHANGED, TOO_MANY) and type(content) is int else None

    def store(self, each: int, content: list[Any] | int, name_key: str, name: bytes) -> None:
        """Cache what was read while this key of Redis had this value, unless it has changed meanwhile."""
        keys, arguments = [self.redis_key(each), name_key], [orjson.dumps(content), name, settings.FEED_CACHE_SECONDS]
        script = _script(settings.REDIS_URL, settings.REDIS_TIMEOUT)
        redis_circuit_breaker_for(settings.REDIS_URL).call_with_fallback(lambda: script(keys, arguments), lambda: None)

    def invalidate(self, ids: Sequence[int]) -> None:
        """Have all processes read the values of these ids from the database, after the commit."""
        transaction.on_commit(lambda: _mark_changed(list(map(self._key, ids))))

    def _key(self, each: int) -> str:
        return f"{self.name}:{each}"


def _mark_changed(keys: list[str]) -> None:
    if cache.set_many(dict.fromkeys(keys, CHANGED), MARKER_SECONDS):
        # A full Redis refuses to write but can delete.
        cache.delete_many(keys)


@functools.cache
def _redis_prefix(name: str) -> str:
    return str(cache.make_key(f"{name}:"))


@functools.cache
def _script(url: str, timeout: float) -> RedisScript:
    return RedisScript(url, timeout, _STORE)
