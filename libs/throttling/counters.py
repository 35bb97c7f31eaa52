"""Where hits are counted: in the shared Redis, or in this process."""

import functools
import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

from limits.storage import RedisStorage

# Clients remembered by one process; the oldest are forgotten first. About 40 MB when full. A number.
MAX_KEYS = 100_000


class Counters(Protocol):
    """The questions of a storage of `limits` that rates ask. Each is atomic; times are seconds since 1970."""

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Take one of the `limit` places that each `expiry` seconds have, and say whether one was free."""

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest taken place was taken (now, if none is), and how many are."""

    def count(self, key: str, expiry: int) -> tuple[int, float]:
        """Count one more in the window that began with its first hit; say how many there are, and when it ends."""

    def get(self, key: str) -> int:
        """How many hits the window has."""

    def get_expiry(self, key: str) -> float:
        """When the window ends."""


class RedisCounters(RedisStorage):
    """Counts that all processes share, by the Lua scripts of `limits` and one of ours."""

    # `limits` asks for the end of a window by itself; every read is counted, and one round trip is what it may cost.
    COUNT = b"""
        local taken = redis.call('incr', KEYS[1])
        if redis.call('pttl', KEYS[1]) < 0 then
            redis.call('expire', KEYS[1], ARGV[1])
        end
        return {taken, redis.call('pttl', KEYS[1])}
    """

    def initialize_storage(self, _uri: str) -> None:
        """Make the scripts known to the client."""
        super().initialize_storage(_uri)
        self.counted = self.get_connection().register_script(self.COUNT)

    def count(self, key: str, expiry: int) -> tuple[int, float]:
        """See Counters."""
        taken, left = self.counted([self.prefixed_key(key)], [expiry])
        return int(taken), time.time() + int(left) / 1_000


@functools.cache
def redis_counters(url: str, timeout: float) -> Counters:
    """The counts in the Redis at the URL; they raise redis' errors when it is away."""
    return RedisCounters(url, key_prefix="h2h:rates", socket_timeout=timeout, socket_connect_timeout=timeout)


@dataclass(slots=True)
class _Window:
    ends: float
    count: int = 0
    taken: list[float] = field(default_factory=list)


class ProcessCounters:
    """Counts of this process only.

    Not the MemoryStorage of `limits`: where threads meet at a new key it lets twice the limit through, and each hit
    has it walk over all keys in a thread of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """See Counters."""
        with self._lock:
            window = self._window(key, expiry)
            self._slide(window, expiry)
            if len(window.taken) + amount > limit:
                return False
            window.taken.extend([time.time()] * amount)
            window.ends = time.time() + expiry
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """See Counters."""
        with self._lock:
            window = self._windows.get(key)
            if window:
                self._slide(window, expiry)
            return (window.taken[0], len(window.taken)) if window and window.taken else (time.time(), 0)

    def count(self, key: str, expiry: int) -> tuple[int, float]:
        """See Counters."""
        with self._lock:
            window = self._window(key, expiry)
            window.count += 1
            return window.count, window.ends

    def get(self, key: str) -> int:
        """See Counters."""
        window = self._windows.get(key)
        return window.count if window and window.ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """See Counters."""
        window = self._windows.get(key)
        return window.ends if window else time.time()

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._windows.clear()

    def _window(self, key: str, expiry: int) -> _Window:
        window = self._windows.get(key)
        if window is None or window.ends <= time.time():
            window = self._windows[key] = _Window(time.time() + expiry)
            self._windows.move_to_end(key)
        if len(self._windows) > MAX_KEYS:
            self._windows.popitem(last=False)
        return window

    @staticmethod
    def _slide(window: _Window, expiry: int) -> None:
        del window.taken[: bisect_right(window.taken, time.time() - expiry)]
