"""Readers who are pinned to the primary for some seconds, because a replica may not have yet what they must see.

A reader is the id of a member. Pins are stored in the shared cache, where all processes see them. A pin that was lost
must not look like none: when the cache was emptied or is away, everybody reads from the primary until the last pin
that it may have lost would have ended.
"""

import time
from collections.abc import Iterable

from django.conf import settings
from django.core.cache import cache

# A replica in use has everything that was committed DATABASE_REPLICA_MAX_LAG seconds ago, so that a pin may end then.
# The margin is for the clocks of several machines. Seconds.
MARGIN_SECONDS = 1
# Holds the time from which on the cache has all pins. It is lost together with them.
COMPLETE_SINCE = "replicas:complete-since"
# When this process may trust the cache again, by the monotonic clock.
_trusted_from = 0.0


def pin_to_primary(readers: Iterable[int]) -> None:
    """Have these readers read from the primary until all replicas have what is committed now; call after the commit."""
    if not settings.DATABASE_ROUTERS:
        return
    if cache.set_many(dict.fromkeys(map(_key, readers), 1), _pin_seconds()):
        # A full Redis may still delete, and then no process trusts it.
        cache.delete(COMPLETE_SINCE)


def is_pinned(reader: int) -> bool:
    """Return whether the reader must read from the primary; so must everybody while pins may have been lost."""
    global _trusted_from
    found = cache.get_many([COMPLETE_SINCE, _key(reader)])
    since = found.get(COMPLETE_SINCE)
    if not isinstance(since, float):
        _trusted_from = time.monotonic() + _pin_seconds()
        cache.add(COMPLETE_SINCE, time.time(), None)
        return True
    return _key(reader) in found or time.time() < since + _pin_seconds() or time.monotonic() < _trusted_from


def _pin_seconds() -> int:
    seconds: int = settings.DATABASE_REPLICA_MAX_LAG + MARGIN_SECONDS
    return seconds


def _key(reader: int) -> str:
    return f"replicas:pinned:{reader}"
