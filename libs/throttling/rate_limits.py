"""Rate limits: how often one client may do something, counted exactly under concurrency."""

import functools
import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac
from limits import RateLimitItem, parse_many

from libs.throttling.counters import Counters, ProcessCounters, redis_counters
from libs.throttling.redis_circuit_breaker import redis_circuit_breaker_for

# Used without Redis, and while it is away.
process_counters = ProcessCounters()
# A moving window stores each hit, so longer and larger limits have a fixed window, which begins with its first hit.
# Seconds, and a number of hits.
_MOVING_WINDOW_MAX_SECONDS = 60
_MOVING_WINDOW_MAX_HITS = 120


@dataclass(frozen=True, slots=True)
class RateLimitResult:
    """Whether a hit was within the limits of its scope, by the limit that has the least left.

    `remaining` hits are left of `limit` in `window_seconds`; there are more in `reset_seconds`.
    """

    scope: str
    allowed: bool
    limit: int
    window_seconds: int
    remaining: int
    reset_seconds: int


def count_hit(scope: str, key: str, *, multiple: int = 1) -> RateLimitResult:
    """Count one hit of the client with this key against every limit of the scope, each times `multiple`.

    Shorter windows come first, and longer ones do not count a hit that a shorter one refuses. While Redis is away this
    process counts by itself, from nothing. Raises KeyError for an unknown scope.
    """
    limits = _parse(settings.THROTTLE_RATES[scope], multiple)
    if not settings.RATE_LIMITS:
        limit, window = limits[0].amount, limits[0].get_expiry()
        return RateLimitResult(scope, True, limit, window, remaining=limit, reset_seconds=0)
    # The digest keeps addresses and e-mail addresses out of Redis.
    digest = salted_hmac("throttling.rates", f"{scope}\0{key}", algorithm="sha256").hexdigest()[:32]
    if not settings.REDIS_URL:
        return _count_all(process_counters, scope, limits, digest)
    shared = redis_counters(settings.REDIS_URL, settings.REDIS_TIMEOUT)
    return redis_circuit_breaker_for(settings.REDIS_URL).call_with_fallback(
        lambda: _count_all(shared, scope, limits, digest),
        fallback=lambda: _count_all(process_counters, scope, limits, digest),
    )


def rate_limits_of(scope: str) -> list[RateLimitItem]:
    """Return the limits of a scope in settings.THROTTLE_RATES, shortest window first.

    Raises KeyError for an unknown scope, ValueError for text that `limits` cannot parse.
    """
    return _parse(settings.THROTTLE_RATES[scope], 1)


@functools.cache
def _parse(text: str, multiple: int) -> list[RateLimitItem]:
    limits = sorted(parse_many(text), key=lambda limit: limit.get_expiry())
    return [type(limit)(limit.amount * multiple, limit.multiples, limit.namespace) for limit in limits]


def _count_all(counters: Counters, scope: str, limits: list[RateLimitItem], digest: str) -> RateLimitResult:
    results = []
    for limit in limits:
        results.append(_count(counters, scope, limit, limit.key_for(scope, digest)))
        if not results[-1].allowed:
            return results[-1]
    return min(results, key=lambda result: result.remaining)


def _count(counters: Counters, scope: str, limit: RateLimitItem, key: str) -> RateLimitResult:
    most, window = limit.amount, limit.get_expiry()
    if window <= _MOVING_WINDOW_MAX_SECONDS and most <= _MOVING_WINDOW_MAX_HITS:
        allowed = counters.acquire_entry(key, most, window)
        began, hits = counters.get_moving_window(key, most, window)
        ends = began + window
    else:
        hits, ends = counters.count(key, window)
        allowed = hits <= most
    reset_seconds = min(max(math.ceil(ends - time.time()), 0 if allowed else 1), window)
    return RateLimitResult(scope, allowed, most, window, max(most - hits, 0), reset_seconds)
