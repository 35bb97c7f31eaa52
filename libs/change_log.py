"""A log of changes in Redis, by which processes keep what they hold in memory equal to the database.

Whoever changes a record appends its kind and id after the commit, before the client is answered. A request that uses
what the process holds reads the position of the log together with its session. If the process is behind, it reads from
the log which records were changed, and loads these again.

The positions are ids of a Redis stream: they grow, and contain the time, so that none comes twice after Redis was
emptied. A process whose own position is not in the log any more loads everything again. It must also do so after it has
connected anew (`libs.redis_scripts.count_opened_connections`): a Redis that was restored from an older copy of its data
has lost changes, and may have this position nevertheless.
"""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from libs.redis_circuit_breaker import redis_circuit_breaker_for
from libs.redis_scripts import RedisScript

# Changes that the log holds, about a megabyte. A process that is further behind loads everything again. A number.
MAX_CHANGES = 10_000
# The value of the last key, the name of the log, stays the same until Redis is emptied.
_APPEND = f"""
    local position
    for _, change in ipairs(ARGV) do
        position = redis.call('xadd', KEYS[1], 'maxlen', '~', {MAX_CHANGES}, '*', 'change', change)
    end
    redis.call('set', KEYS[2], position)
    redis.call('set', KEYS[3], position, 'nx')
    return 1
"""
_READ = "return redis.call('xrange', KEYS[1], ARGV[1], '+')"


class Position(NamedTuple):
    """A place in the log, in the order of time."""

    milliseconds: int
    number: int

    @classmethod
    def parse(cls, text: bytes | None) -> "Position | None":
        """Return the position that Redis writes like this; None for anything else."""
        try:
            milliseconds, number = (text or b"").split(b"-")
            return cls(int(milliseconds), int(number))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.milliseconds}-{self.number}"


def position_keys() -> list[str]:
    """Return the keys of Redis that hold the position and the name of the log; a missing one means that it is new."""
    return [_key("position"), _key("name")]


def log_changes(kind: str, ids: Sequence[int]) -> None:
    """Append the change of these records, after the commit of the present transaction if there is one.

    While Redis is away nothing is appended, and other processes may miss the change. So nothing may be held for longer
    than some seconds without being loaded again.
    """
    if settings.REDIS_URL and ids:
        transaction.on_commit(lambda: append_changes([f"{kind}:{each}" for each in ids]))


def append_changes(changes: Sequence[str]) -> None:
    """Append changes now. An empty text changes nothing, and begins the log in a Redis that has none."""
    keys = [_key("changes"), *position_keys()]
    if _call(_APPEND, keys, changes) is None:
        # A full Redis refuses to write but can delete: then all processes go on without the log until one can append.
        _call("return redis.call('del', unpack(KEYS))", keys, [])


def read_changes(since: Position) -> tuple[Position, set[str]] | None:
    """Return the present position and what was changed since, or None if the log does not reach back so far.

    None also while Redis is away.
    """
    entries: list[tuple[bytes, list[bytes]]] | None = _call(_READ, [_key("changes")], [str(since)])
    if not entries or Position.parse(entries[0][0]) != since:
        return None
    position = Position.parse(entries[-1][0])
    return position and (position, {fields[1].decode(errors="replace") for _, fields in entries[1:]})


def _call(source: str, keys: Sequence[str], arguments: Sequence[str]) -> Any:
    script = _script(settings.REDIS_URL, settings.REDIS_TIMEOUT, source)
    breaker = redis_circuit_breaker_for(settings.REDIS_URL)
    return breaker.call_with_fallback(lambda: script(keys, arguments), fallback=lambda: None)


@functools.cache
def _script(url: str, timeout: float, source: str) -> RedisScript:
    return RedisScript(url, timeout, source)


@functools.cache
def _key(name: str) -> str:
    return str(cache.make_key(f"change-log:{name}"))
