"""Rate limits hold exactly for each client, in Redis and without it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from pytest_django import Settings
from time_machine import TimeMachineFixture

from libs.throttling.counters import MAX_KEYS, ProcessCounters
from libs.throttling.rate_limits import count_hit, rate_limits_of

pytestmark = pytest.mark.one_leg

NOON = 1_763_985_600.0


@pytest.fixture(params=["process", "redis"])
def rate(request: pytest.FixtureRequest, settings: Settings) -> Callable[[str], str]:
    """Sets the limits of a scope of the test's own, counted in this process and then in Redis."""
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    if request.param == "redis":
        settings.REDIS_URL = request.getfixturevalue("redis_url")

    def state(words: str) -> str:
        settings.THROTTLE_RATES = {request.node.name: words}
        return str(request.node.name)

    return state


@pytest.mark.parametrize("words", ["3/minute", "3/hour", "3/day", "3/15 minutes"])
def test_a_limit_admits_that_many_hits_and_says_when_to_retry(rate: Callable[[str], str], words: str) -> None:
    scope = rate(words)
    results = [count_hit(scope, "mina") for _ in range(5)]
    assert [result.allowed for result in results] == [True, True, True, False, False]
    assert [result.remaining for result in results] == [2, 1, 0, 0, 0]
    window = rate_limits_of(scope)[0].get_expiry()
    assert {(result.limit, result.window_seconds) for result in results} == {(3, window)}
    assert all(window - 2 <= result.reset_seconds <= window for result in results)


def test_each_client_has_a_limit_of_its_own(rate: Callable[[str], str]) -> None:
    scope = rate("1/hour")
    assert count_hit(scope, "mina").allowed
    assert count_hit(scope, "jun").allowed
    assert not count_hit(scope, "mina").allowed


@pytest.mark.parametrize("words", ["20/minute", "20/hour"])
def test_of_two_hundred_concurrent_hits_exactly_the_limit_passes(rate: Callable[[str], str], words: str) -> None:
    scope = rate(words)
    with ThreadPoolExecutor(40) as threads:
        results = list(threads.map(lambda _: count_hit(scope, "mina"), range(200)))
    assert sum(result.allowed for result in results) == 20


def test_every_limit_of_a_scope_counts_and_the_tightest_is_reported(rate: Callable[[str], str]) -> None:
    scope = rate("4/day;2/hour")
    assert [count_hit(scope, "mina").limit for _ in range(3)] == [2, 2, 2]
    assert not count_hit(scope, "mina").allowed


def test_hits_that_the_short_limit_refuses_do_not_use_up_the_long_one(
    rate: Callable[[str], str], time_machine: TimeMachineFixture, settings: Settings
) -> None:
    settings.REDIS_URL = ""  # Redis has a clock of its own.
    scope = rate("4/day;2/minute")
    time_machine.move_to(NOON, tick=False)
    assert [count_hit(scope, "mina").allowed for _ in range(9)].count(True) == 2
    time_machine.move_to(NOON + 61, tick=False)
    assert [count_hit(scope, "mina").allowed for _ in range(9)].count(True) == 2
    time_machine.move_to(NOON + 122, tick=False)
    assert count_hit(scope, "mina").window_seconds == 86_400


def test_a_minute_is_a_moving_window_and_an_hour_a_fixed_one(
    settings: Settings, time_machine: TimeMachineFixture
) -> None:
    settings.THROTTLE_RATES, settings.REDIS_URL = {"minute": "2/minute", "hour": "2/hour"}, ""
    for scope, window in (("minute", 60), ("hour", 3_600)):
        time_machine.move_to(NOON, tick=False)
        count_hit(scope, "moving")
        time_machine.move_to(NOON + window - 10, tick=False)
        count_hit(scope, "moving")
        assert count_hit(scope, "moving").reset_seconds == 10
        time_machine.move_to(NOON + window + 1, tick=False)
        free = [count_hit(scope, "moving").allowed for _ in range(3)]
        assert free == ([True, False, False] if scope == "minute" else [True, True, False])


def test_no_address_and_no_email_address_is_written_into_redis(settings: Settings, redis_url: str) -> None:
    settings.THROTTLE_RATES, settings.REDIS_URL = {"code-email": "2/minute;2/hour"}, redis_url
    count_hit("code-email", "mina@example.com")
    keys = [str(key) for key in redis.Redis.from_url(redis_url).scan_iter()]
    assert [key.count("h2h:rates:") for key in keys] == [1, 1]
    assert "mina" not in "".join(keys)


def test_counters_in_redis_expire_by_themselves(settings: Settings, redis_url: str) -> None:
    settings.THROTTLE_RATES, settings.REDIS_URL = {"any": "2/minute;2/hour"}, redis_url
    count_hit("any", "mina")
    client = redis.Redis.from_url(redis_url)
    assert sorted(client.ttl(key) for key in client.scan_iter()) == [
        pytest.approx(60, abs=1),
        pytest.approx(3_600, abs=1),
    ]


def test_disabled_limits_admit_everything_and_count_nothing(settings: Settings) -> None:
    settings.THROTTLE_RATES, settings.RATE_LIMITS = {"any": "1/hour"}, False
    assert all(count_hit("any", "nobody").allowed for _ in range(5))
    settings.RATE_LIMITS = True
    assert count_hit("any", "nobody").remaining == 0


def test_a_scope_without_a_limit_is_an_error(settings: Settings) -> None:
    settings.THROTTLE_RATES = {"broken": "often"}
    with pytest.raises(KeyError):
        count_hit("forgotten", "mina")
    with pytest.raises(ValueError, match="often"):
        count_hit("broken", "mina")


def test_a_process_drops_its_oldest_counters_beyond_the_maximum() -> None:
    counters = ProcessCounters()
    for client in range(MAX_KEYS + 1):
        counters.count(str(client), 60)
    # The second client goes on counting; the first begins anew.
    assert [counters.count(client, 60)[0] for client in ("1", "0")] == [2, 1]


def test_a_window_that_another_program_made_endless_ends_in_time(rate: Callable[[str], str], redis_url: str) -> None:
    scope = rate("3/hour")
    count_hit(scope, "mina")
    shared = redis.Redis.from_url(redis_url)
    for key in shared.scan_iter("h2h:rates*"):
        shared.expire(key, 10 * 365 * 86_400)
    assert count_hit(scope, "mina").reset_seconds <= 3_600


@pytest.mark.parametrize("words", ["3/minute", "3/hour"])
def test_counters_that_another_program_overwrote_do_not_fail(
    rate: Callable[[str], str], redis_url: str, words: str
) -> None:
    scope = rate(words)
    count_hit(scope, "mina")
    shared = redis.Redis.from_url(redis_url)
    for value in ("text", ["text"]):
        for key in shared.scan_iter("h2h:rates*"):
            shared.delete(key)
            shared.rpush(key, *value) if isinstance(value, list) else shared.set(key, value)
        assert count_hit(scope, "mina").limit == 3
