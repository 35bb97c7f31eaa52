"""Cache of whom a member does not see, follows, is followed by and mutes, for the pages of the feed.

This module imports no model, because `Member` imports it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from libs.marked_cache import TOO_MANY, MarkedCache

# Members whose ids are cached for one member, at 20 bytes each; pages of one who has more are read from the database.
MAX_RELATIONS = 1_000
_cache = MarkedCache("relations")


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
    return _cache.redis_key(member_id)


def parse_relations(value: bytes | None) -> Relations | int | None:
    """Return the relations that are cached; CHANGED, TOO_MANY, or None for anything else."""
    content = _cache.parse(value)
    try:
        return Relations(*map(frozenset, content)) if isinstance(content, list) else content
    except TypeError:
        return None


def store_relations(member_id: int, relations: Relations, name_key: str, name: bytes) -> None:
    """Cache relations that were read while this key of Redis had this value, unless they have changed meanwhile."""
    content = list(map(list, relations)) if relations.is_cacheable else TOO_MANY
    _cache.store(member_id, content, name_key, name)


def invalidate_relations(member_ids: Sequence[int]) -> None:
    """Have all processes read the relations of these members from the database, after the commit."""
    _cache.invalidate(member_ids)
