"""Redis stops answering, and rates go on."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from pytest_django import Settings

from libs.throttling.circuit_breaker import PAUSE
from libs.throttling.rate_limits import hit
from tests import services


@pytest.fixture
def paused(settings: Settings) -> Iterator[Callable[[bool], None]]:
    """Stops a Redis of this test's own in its tracks, or lets it go on."""
    if not services.has_redis():
        pytest.skip("needs redis-server, which is not installed here")
    with services.redis_server() as url:
        settings.REDIS_URL, settings.THROTTLE_RATES, settings.RATE_LIMITS = url, {"outage": "3/minute;9/hour"}, True
        process = redis.Redis.from_url(url).info("server")["process_id"]
        yield lambda stop: os.kill(process, signal.SIGSTOP if stop else signal.SIGCONT)
        os.kill(process, signal.SIGCONT)


def seconds(call: Callable[[], object]) -> float:
    """How long the call takes."""
    begin = time.monotonic()
    call()
    return time.monotonic() - begin


def test_without_redis_a_rate_still_holds(paused: Callable[[bool], None]) -> None:
    hit("outage", "mina")
    paused(True)
    assert [hit("outage", "mina").allowed for _ in range(5)] == [True, True, True, False, False]


def test_a_dead_redis_costs_one_timeout_and_no_more(paused: Callable[[bool], None], settings: Settings) -> None:
    hit("outage", "mina")
    paused(True)
    assert seconds(lambda: hit("outage", "jun")) < 2 * settings.REDIS_TIMEOUT
    assert seconds(lambda: [hit("outage", "jun") for _ in range(50)]) < settings.REDIS_TIMEOUT


def test_a_redis_that_is_back_counts_on_where_it_was(
    paused: Callable[[bool], None], caplog: pytest.LogCaptureFixture
) -> None:
    assert hit("outage", "mina").remaining == 2
    paused(True)
    for _ in range(5):
        hit("outage", "jun")
    paused(False)
    assert hit("outage", "mina").remaining == 2  # still by itself
    time.sleep(PAUSE)
    assert hit("outage", "mina").remaining == 1
    assert [line.message.partition(",")[0] for line in caplog.records] == ["Redis is away", "Redis is back."]


def test_a_redis_that_was_never_there_costs_nothing_but_a_line(settings: Settings) -> None:
    settings.REDIS_URL, settings.THROTTLE_RATES, settings.RATE_LIMITS = (
        "redis://127.0.0.1:1/0",
        {"never": "2/hour"},
        True,
    )
    assert [hit("never", "mina").allowed for _ in range(3)] == [True, True, False]
