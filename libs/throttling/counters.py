"""Counters of requests, in Redis or in the process."""

import functools
import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from limits.storage import RedisStorage

from libs.redis_scripts import RedisScript

# Number of hits in a window, and when it ends in seconds since 1970.
Hits = tuple[int, float]
# Keys that one process keeps; the oldest go first. About 40 MB when full. A number.
MAX_KEYS = 100_000


class Window(NamedTuple):
    """A fixed window of `expiry` seconds, for so many hits."""

    key: str
    limit: int
    expiry: int


class Counters(Protocol):
    """What rate limits need of a storage of `limits`. Each call is atomic; times are seconds since 1970."""

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Add an entry to the moving window of `expiry` seconds, unless it holds `limit`; returns whether it did."""

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return the time of the oldest entry (now, if there is none) and the number of entries."""

    def count(self, key: str, expiry: int) -> Hits:
        """Count one in the fixed window that began with its first hit; returns the number and when it ends."""


# Counts in a window; `limits` needs a second round trip for its end, and every request is counted.
COUNT = """
    local function count(key, seconds)
        local number = redis.call('incr', key)
        local left = redis.call('pttl', key)
        if left < 0 or left > seconds * 1000 then
            redis.call('expire', key, seconds)
            left = seconds * 1000
        end
        return {number, left}
    end
"""
# KEYS are the counters of the windows, then the keys to read. ARGV are the value that the first key to read must have,
# for how many seconds it gets this value if it has none (0 for not at all), and the length and limit of each window.
# If it has the value, one hit is counted in one window after the other, until one is full.
COUNT_IF = f"""{COUNT}
    local value, seconds, windows = ARGV[1], tonumber(ARGV[2]), #ARGV / 2 - 1
    local values, hits = redis.call('mget', unpack(KEYS, windows + 1)), {{}}
    if not values[1] and seconds > 0 then
        redis.call('set', KEYS[windows + 1], value, 'ex', seconds)
        values[1] = value
    end
    for number = 1, values[1] == value and windows or 0 do
        hits[number] = count(KEYS[number], ARGV[number * 2 + 1])
        if hits[number][1] > tonumber(ARGV[number * 2 + 2]) then
            break
        end
    end
    return {{values, hits}}
"""


class RedisCounters(RedisStorage):
    """Counters that all processes share, by the Lua scripts of `limits` and two of ours."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(url, key_prefix="h2h:rates", socket_timeout=timeout, socket_connect_timeout=timeout)
        self._count = RedisScript(url, timeout, f"{COUNT} return count(KEYS[1], ARGV[1])")
        self._count_if = RedisScript(url, timeout, COUNT_IF)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """See Counters; entries that are not times, which another program wrote, count as none."""
        try:
            return super().get_moving_window(key, limit, expiry)
        except (TypeError, ValueError):
            return time.time(), 0

    def count(self, key: str, expiry: int) -> Hits:
        """See Counters; a window that another program or release made longer is cut."""
        return _parse_hits(self._count([self.prefixed_key(key)], [expiry]))

    def count_if(
        self, windows: Sequence[Window], keys: Sequence[str], value: str, *, store_seconds: int = 0
    ) -> tuple[list[bytes | None], list[Hits]]:
        """Read the keys and, if the first of them has this value, count in the windows until one is full.

        A first key without a value gets this one for `store_seconds`. It is one round trip. Returns the values, and
        what `count` returns for each window.
        """
        counters = [self.prefixed_key(window.key) for window in windows]
        options = [option for window in windows for option in (window.expiry, window.limit)]
        values, hits = self._count_if([*counters, *keys], [value, store_seconds, *options])
        return values, list(map(_parse_hits, hits))


def _parse_hits(counted: tuple[int, int]) -> Hits:
    number, milliseconds = counted
    return int(number), time.time() + int(milliseconds) / 1_000


@functools.cache
def redis_counters(url: str, timeout: float) -> RedisCounters:
    """Return the counters in the Redis at the URL; they raise redis' errors when it is away."""
    return RedisCounters(url, timeout)


@dataclass(slots=True)
class _WindowState:
    ends: float
    count: int = 0
    entries: list[float] = field(default_factory=list)


class ProcessCounters:
    """Counters of this process.

    Not the MemoryStorage of `limits`, which admits twice the limit when threads meet at a new key, and scans all keys
    in a new thread at each hit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: OrderedDict[str, _WindowState] = OrderedDict()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """See Counters."""
        with self._lock:
            window = self._window(key, expiry)
            self._drop_old_entries(window, expiry)
            if len(window.entries) + amount > limit:
                return False
            window.entries.extend([time.time()] * amount)
            window.ends = time.time() + expiry
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """See Counters."""
        with self._lock:
            window = self._windows.get(key)
            if window:
                self._drop_old_entries(window, expiry)
            return (window.entries[0], len(window.entries)) if window and window.entries else (time.time(), 0)

    def count(self, key: str, expiry: int) -> Hits:
        """See Counters."""
        with self._lock:
            window = self._window(key, expiry)
            window.count += 1
            return window.count, window.ends

    def clear(self) -> None:
        """Delete all counters."""
        with self._lock:
            self._windows.clear()

    def _window(self, key: str, expiry: int) -> _WindowState:
        window = self._windows.get(key)
        if window is None or window.ends <= time.time():
            window = self._windows[key] = _WindowState(time.time() + expiry)
            self._windows.move_to_end(key)
        if len(self._windows) > MAX_KEYS:
            self._windows.popitem(last=False)
        return window

    @staticmethod
    def _drop_old_entries(window: _WindowState, expiry: int) -> None:
        del window.entries[: bisect_right(window.entries, time.time() - expiry)]
