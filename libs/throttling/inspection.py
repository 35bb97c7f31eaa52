"""Reading and clearing counters of rate limits, for operators."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from limits import RateLimitItem

from libs.throttling.counters import RedisCounters, redis_counters
from libs.throttling.rate_limits import counter_key, has_moving_window, rate_limits_of


class CountersOfProcess(Exception):
    """Without Redis each process counts by itself, and no other one can read that."""


@dataclass(frozen=True)
class Counter:
    """The hits of one key against one limit of a scope."""

    scope: str
    key: str
    limit: str
    hits: int
    allowed: int


def read_counters(keys: Iterable[tuple[str, str, int]]) -> Iterator[Counter]:
    """Yield the counters that have hits, of each scope, key and multiple. Raises CountersOfProcess."""
    shared = _shared_counters()
    for scope, key, multiple in keys:
        for limit in rate_limits_of(scope, multiple):
            if hits := _hits(shared, limit, counter_key(scope, key, limit)):
                yield Counter(scope, key, str(limit), hits, limit.amount)


def clear_counters(keys: Iterable[tuple[str, str, int]]) -> int:
    """Delete the counters; returns how many there were. Raises CountersOfProcess."""
    shared, number = _shared_counters(), 0
    for scope, key, multiple in keys:
        for limit in rate_limits_of(scope, multiple):
            name = counter_key(scope, key, limit)
            number += bool(_hits(shared, limit, name))
            shared.clear(name)
    return number


def _hits(shared: RedisCounters, limit: RateLimitItem, name: str) -> int:
    if has_moving_window(limit):
        return shared.get_moving_window(name, limit.amount, limit.get_expiry())[1]
    return shared.get(name)


def _shared_counters() -> RedisCounters:
    if not settings.REDIS_URL:
        raise CountersOfProcess
    return redis_counters(settings.REDIS_URL, settings.REDIS_TIMEOUT)
