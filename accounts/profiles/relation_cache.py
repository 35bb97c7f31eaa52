"""Cache of whom a member does not see, follows, is followed by and mutes, for the pages of the feed.

The database is the source of truth. A change writes a marker over what is cached, after the commit; storing never
overwrites it, so a request that queried the database before the change cannot restore what it found. Nor is anything
stored that was read before Redis was emptied, since a marker may have been lost then. What could not be marked, because
Redis was away or the server was killed, is cached for settings.FEED_CACHE_SECONDS at most.

This module imports no model, because `Member` imports it.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import orjson
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from libs.redis_circuit_breaker import redis_circuit_breaker_for
from libs.redis_scripts import RedisScript

# Longer than a request takes from its query to storing what it found. Seconds.
MARKER_SECONDS = 30
# What is stored in place of relations: the marker of a change, or that they are too many.
CHANGED, TOO_MANY = 0, 1
# Members whose ids are cached for one member, at 20 bytes each; pages of one who has more are read from the database.
MAX_RELATIONS = 1_000
_STORE = """
    if redis.call('get', KEYS[2]) == ARGV[2] then
        redis.call('set', KEYS[1], ARGV[1], 'nx', 'ex', ARGV[3])
    end
"""


class Relations(NamedTuple):
    """The ids of members whom somebody does not see, follows, is followed by, and mutes."""

    hidden: frozenset[int]
    following: frozenset[int]
    followers: frozenset[int]
    muted: frozenset[int]

    @property
    def is_cacheable(self) -> bool:
        """Whether these are not too many."""
        return sum(map(len, self)) <= MAX_RELATIONS


def relations_key(member_id: int) -> str:
    """Return the key that Redis has for a member's relations."""
    return str(cache.make_key(_key(member_id)))


def parse_relations(value: bytes | None) -> Relations | int | None:
    """Return the relations that are cached; CHANGED, TOO_MANY, or None for anything else."""
    try:
        content = orjson.loads(value or b"null")
        if isinstance(content, list):
            return Relations(*map(frozenset, content))
    except (ValueError, TypeError):
        return None
    return content if content in (CHANGED, TOO_MANY) and type(content) is int else None


def store_relations(member_id: int, relations: Relations, name_key: str, name: bytes) -> None:
    """Cache relations that were read while this key of Redis had this value, unless they have changed meanwhile."""
    value = orjson.dumps(list(map(list, relations)) if relations.is_cacheable else TOO_MANY)
    keys, arguments = [relations_key(member_id), name_key], [value, name, settings.FEED_CACHE_SECONDS]
    script = _script(settings.REDIS_URL, settings.REDIS_TIMEOUT)
    redis_circuit_breaker_for(settings.REDIS_URL).call_with_fallback(lambda: script(keys, arguments), lambda: None)


def invalidate_relations(member_ids: Sequence[int]) -> None:
    """Have all processes read the relations of these members from the database, after the commit."""
    transaction.on_commit(lambda: _mark_changed(list(map(_key, member_ids))))


def _mark_changed(keys: list[str]) -> None:
    if cache.set_many(dict.fromkeys(keys, CHANGED), MARKER_SECONDS):
        # A full Redis refuses to write but can delete.
        cache.delete_many(keys)


def _key(member_id: int) -> str:
    return f"relations:{member_id}"


@functools.cache
def _script(url: str, timeout: float) -> RedisScript:
    return RedisScript(url, timeout, _STORE)
