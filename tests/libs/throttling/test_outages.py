"""Rate limits hold while Redis is away."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from libs.redis_circuit_breaker import PAUSE_SECONDS
from libs.throttling.rate_limits import count_hit
from tests.redis_outages import StoppableRedis, StoppedClock, Waits, stoppable_redis

pytestmark = pytest.mark.one_leg


@pytest.fixture
def server(settings: Settings) -> Iterator[StoppableRedis]:
    """A Redis of this test's own, in which hits are counted."""
    with stoppable_redis() as server:
        settings.REDIS_URL, settings.THROTTLE_RATES, settings.RATE_LIMITS = (
            server.url,
            {"outage": "3/minute;9/hour"},
            True,
        )
        settings.REDIS_TIMEOUT = 0.25
        yield server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    return StoppedClock(monkeypatch)


def test_a_limit_still_holds_while_redis_is_away(server: StoppableRedis) -> None:
    count_hit("outage", "mina")
    server.stop()
    assert [count_hit("outage", "mina").allowed for _ in range(5)] == [True, True, True, False, False]


def test_an_outage_of_redis_costs_one_timeout_and_no_more(
    server: StoppableRedis, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_hit("outage", "mina")
    waits = Waits(monkeypatch)
    server.stop()
    for _ in range(51):
        count_hit("outage", "jun")
    assert waits.number == 1


def test_a_redis_that_is_back_continues_its_counts(
    server: StoppableRedis, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    assert count_hit("outage", "mina").remaining == 2
    server.stop()
    for _ in range(5):
        count_hit("outage", "jun")
    server.resume()
    server.client.ping()
    assert count_hit("outage", "mina").remaining == 2  # The process still counts by itself.
    clock.shift(PAUSE_SECONDS)
    assert count_hit("outage", "mina").remaining == 1
    assert [line.message.partition(",")[0] for line in caplog.records] == ["Redis is away", "Redis is back."]


def test_a_limit_holds_when_redis_was_never_there(settings: Settings) -> None:
    settings.REDIS_URL, settings.THROTTLE_RATES, settings.RATE_LIMITS = (
        "redis://127.0.0.1:1/0",
        {"never": "2/hour"},
        True,
    )
    assert [count_hit("never", "mina").allowed for _ in range(3)] == [True, True, False]
