"""Counting against the rate limits, exactly under concurrency. Their table is the setting THROTTLE_RATES."""

import functools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac
from limits import RateLimitItem, parse_many

from libs.redis_circuit_breaker import redis_circuit_breaker_for
from libs.throttling.counters import Counters, ProcessCounters, Window, redis_counters

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
    digest = _digest(scope, key)
    if not settings.REDIS_URL:
        return _count_all(process_counters, scope, limits, digest)
    shared = redis_counters(settings.REDIS_URL, settings.REDIS_TIMEOUT)
    return redis_circuit_breaker_for(settings.REDIS_URL).call_with_fallback(
        lambda: _count_all(shared, scope, limits, digest),
        fallback=lambda: _count_all(process_counters, scope, limits, digest),
    )


def read_and_count_hit(
    keys: Sequence[str], value: str, scope: str | None, key: str, *, store_seconds: int = 0
) -> tuple[list[bytes | None], RateLimitResult | None] | None:
    """Read keys of Redis and count one hit of the client, if the first key has this value, in one round trip.

    A first key without a value gets this one for `store_seconds`. Returns the values, and the result of the hit: None
    if it was not counted. Without a scope none is counted, nor if a limit of the scope has a moving window, which would
    take more round trips. Returns None in place of both without Redis, and while it is away.
    """
    if not settings.REDIS_URL:
        return None
    limits = _parse(settings.THROTTLE_RATES[scope], 1) if scope and settings.RATE_LIMITS else []
    if any(map(has_moving_window, limits)):
        limits = []
    name = scope or ""
    digest = _digest(name, key)
    windows = [Window(limit.key_for(name, digest), limit.amount, limit.get_expiry()) for limit in limits]
    shared = redis_counters(settings.REDIS_URL, settings.REDIS_TIMEOUT)
    found = redis_circuit_breaker_for(settings.REDIS_URL).call_with_fallback(
        lambda: shared.count_if(windows, keys, value, store_seconds=store_seconds), fallback=lambda: None
    )
    if found is None:
        return None
    values, hits = found
    results = [_result(name, limit, *each) for limit, each in zip(limits, hits, strict=False)]
    return values, _strictest(results) if results else None


def rate_limits_of(scope: str, multiple: int = 1) -> list[RateLimitItem]:
    """Return the limits of a scope in settings.THROTTLE_RATES, shortest window first, each times `multiple`.

    Raises KeyError for an unknown scope, ValueError for text that `limits` cannot parse.
    """
    return _parse(settings.THROTTLE_RATES[scope], multiple)


def counter_key(scope: str, key: str, limit: RateLimitItem) -> str:
    """Return the name of the counter of one client against one limit."""
    return limit.key_for(scope, _digest(scope, key))


@functools.cache
def _parse(text: str, multiple: int) -> list[RateLimitItem]:
    limits = sorted(parse_many(text), key=lambda limit: limit.get_expiry())
    return [type(limit)(limit.amount * multiple, limit.multiples, limit.namespace) for limit in limits]


@functools.lru_cache(maxsize=4_096)
def _digest(scope: str, key: str) -> str:
    """Return what names the client in Redis, without addresses and e-mail addresses."""
    return salted_hmac("throttling.rates", f"{scope}\0{key}", algorithm="sha256").hexdigest()[:32]


def _count_all(counters: Counters, scope: str, limits: list[RateLimitItem], digest: str) -> RateLimitResult:
    results = []
    for limit in limits:
        results.append(_count(counters, scope, limit, limit.key_for(scope, digest)))
        if not results[-1].allowed:
            break
    return _strictest(results)


def _strictest(results: Sequence[RateLimitResult]) -> RateLimitResult:
    return results[-1] if not results[-1].allowed else min(results, key=lambda result: result.remaining)


def has_moving_window(limit: RateLimitItem) -> bool:
    """Return whether each hit is stored with its time."""
    return limit.get_expiry() <= _MOVING_WINDOW_MAX_SECONDS and limit.amount <= _MOVING_WINDOW_MAX_HITS


def _count(counters: Counters, scope: str, limit: RateLimitItem, key: str) -> RateLimitResult:
    most, window = limit.amount, limit.get_expiry()
    if not has_moving_window(limit):
        return _result(scope, limit, *counters.count(key, window))
    allowed = counters.acquire_entry(key, most, window)
    began, hits = counters.get_moving_window(key, most, window)
    return _result(scope, limit, hits, began + window, allowed)


def _result(scope: str, limit: RateLimitItem, hits: int, ends: float, allowed: bool | None = None) -> RateLimitResult:
    most, window = limit.amount, limit.get_expiry()
    is_allowed = hits <= most if allowed is None else allowed
    reset_seconds = min(max(math.ceil(ends - time.time()), 0 if is_allowed else 1), window)
    return RateLimitResult(scope, is_allowed, most, window, max(most - hits, 0), reset_seconds)
