"""Rates: how often a thing may be done by one client, counted exactly however many requests meet."""

import functools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac
from limits import RateLimitItem, parse_many

from libs.throttling.circuit_breaker import circuit_breaker_for
from libs.throttling.counters import Counters, ProcessCounters, redis_counters

# What this process counted by itself: everything without a Redis, and what came while it was away.
process_counters = ProcessCounters()
# Up to here a window moves with the clock, which remembers each hit; longer and wider ones begin with their first hit.
# Seconds, and a number of hits.
_LONGEST_MOVING = 60
_MOST_REMEMBERED = 120


@dataclass(frozen=True, slots=True)
class RateLimitResult:
    """Whether a hit was within the rates of its scope, told by the rate that has the least left.

    `remaining` hits are left of `limit` in `window_seconds`; in `reset_seconds` there are more.
    """

    scope: str
    allowed: bool
    limit: int
    window_seconds: int
    remaining: int
    reset_seconds: int


def count_hit(scope: str, key: str) -> RateLimitResult:
    """Count one against every rate of the scope for the client named by the key.

    Shorter windows are asked first, and a hit that one refuses is not counted by the longer ones. While Redis is away
    this process counts by itself, from nothing. Raises KeyError for a scope without a rate.
    """
    return _judged(scope, key, _hit)


def test(scope: str, key: str) -> RateLimitResult:
    """What `hit` would answer, without counting."""
    return _judged(scope, key, _seen)


def rate_limits_of(scope: str) -> list[RateLimitItem]:
    """The rates of a scope in settings.THROTTLE_RATES, shortest window first.

    Raises KeyError for a scope that is not there, ValueError for words that `limits` does not understand.
    """
    return _parsed(settings.THROTTLE_RATES[scope])


@functools.cache
def _parsed(words: str) -> list[RateLimitItem]:
    return sorted(parse_many(words), key=lambda rate: rate.get_expiry())


_Ask = Callable[[Counters, str, RateLimitItem, str], RateLimitResult]


def _judged(scope: str, key: str, ask: _Ask) -> RateLimitResult:
    rates = rate_limits_of(scope)
    if not settings.RATE_LIMITS:
        limit, window = rates[0].amount, rates[0].get_expiry()
        return RateLimitResult(scope, True, limit, window, remaining=limit, reset_seconds=0)
    # Keys are addresses and e-mails, which Redis has no business to know.
    digest = salted_hmac("throttling.rates", f"{scope}\0{key}", algorithm="sha256").hexdigest()[:32]
    if not settings.REDIS_URL:
        return _strictest(process_counters, scope, rates, digest, ask)
    shared = redis_counters(settings.REDIS_URL, settings.REDIS_TIMEOUT)
    return circuit_breaker_for(settings.REDIS_URL).call(
        lambda: _strictest(shared, scope, rates, digest, ask),
        otherwise=lambda: _strictest(process_counters, scope, rates, digest, ask),
    )


def _strictest(counts: Counters, scope: str, rates: list[RateLimitItem], digest: str, ask: _Ask) -> RateLimitResult:
    results = []
    for rate in rates:
        results.append(ask(counts, scope, rate, rate.key_for(scope, digest)))
        if not results[-1].allowed:
            return results[-1]
    return min(results, key=lambda result: result.remaining)


def _hit(counts: Counters, scope: str, rate: RateLimitItem, key: str) -> RateLimitResult:
    limit, window = rate.amount, rate.get_expiry()
    if _moves(rate):
        allowed = counts.acquire_entry(key, limit, window)
        began, taken = counts.get_moving_window(key, limit, window)
        return _result(scope, rate, allowed, taken, began + window)
    taken, ends = counts.count(key, window)
    return _result(scope, rate, taken <= limit, taken, ends)


def _seen(counts: Counters, scope: str, rate: RateLimitItem, key: str) -> RateLimitResult:
    limit, window = rate.amount, rate.get_expiry()
    if _moves(rate):
        began, taken = counts.get_moving_window(key, limit, window)
        return _result(scope, rate, taken < limit, taken, began + window)
    taken = counts.get(key)
    return _result(scope, rate, taken < limit, taken, counts.get_expiry(key))


def _moves(rate: RateLimitItem) -> bool:
    return rate.get_expiry() <= _LONGEST_MOVING and rate.amount <= _MOST_REMEMBERED


def _result(scope: str, rate: RateLimitItem, allowed: bool, taken: int, ends: float) -> RateLimitResult:
    wait = max(math.ceil(ends - time.time()), 1 if not allowed else 0)
    return RateLimitResult(scope, allowed, rate.amount, rate.get_expiry(), max(rate.amount - taken, 0), wait)
