"""The shared cache: a real Redis that stops answering, and comes back."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from django.conf import settings
from redis._parsers import _HiredisParser

from config.cache import PatientRedisCache
from libs.throttling.circuit_breaker import PAUSE
from tests import services

TIMEOUT = 0.25


class City:
    """A cache, and the Redis below it to stop and start."""

    def __init__(self, url: str) -> None:
        options = {"SOCKET_CONNECT_TIMEOUT": TIMEOUT, "SOCKET_TIMEOUT": TIMEOUT}
        self.params = url, {"KEY_PREFIX": "h2h", "OPTIONS": options}
        self.cache = self.new_cache()
        self.client = redis.Redis.from_url(url)
        self.process = self.client.info("server")["process_id"]

    def new_cache(self) -> Any:
        """A cache as another thread has it."""
        return PatientRedisCache(*self.params)

    def stop(self) -> None:
        """Redis still takes connections, and answers none: the worst way to be away."""
        os.kill(self.process, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process, signal.SIGCONT)


@pytest.fixture
def city() -> Iterator[City]:
    """A Redis of this test's own."""
    if not services.has_redis():
        pytest.skip("needs redis-server, which is not installed here")
    with services.redis_server() as url:
        city = City(url)
        yield city
        city.go_on()


def seconds(call: Callable[[], object]) -> float:
    """How long the call takes."""
    begin = time.monotonic()
    call()
    return time.monotonic() - begin


def test_the_cache_keeps_what_djangos_cache_promises(city: City) -> None:
    cache = city.cache
    assert (cache.set("a", 1, 60), cache.add("a", 2), cache.get("a"), cache.incr("a")) == (True, False, 1, 2)
    assert cache.set_many({"b": {"x": [1]}, "c": None}) == []
    assert cache.get_many(key for key in "abcd") == {"a": 2, "b": {"x": [1]}, "c": None}
    assert (cache.get("c", "default"), "c" in cache, "d" in cache) == (None, True, False)
    assert (cache.touch("a", 5), cache.touch("d"), cache.delete("a"), cache.delete("a")) == (True, False, True, False)
    assert (cache.delete_many(["b", "c"]), cache.get_or_set("e", lambda: 5), cache.decr("e")) == (2, 5, 4)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nowhere")


def test_a_cache_that_is_away_answers_as_if_it_were_empty(city: City) -> None:
    cache = city.cache
    cache.set("a", 1)
    city.stop()
    assert (cache.get("a"), cache.get("a", 7), cache.get_many(["a"]), "a" in cache) == (None, 7, {}, False)
    assert (cache.set("a", 2), cache.add("b", 2), cache.set_many({"a": 1, "b": 2})) == (False, False, ["a", "b"])
    assert (cache.touch("a"), cache.delete("a"), cache.delete_many(["a"])) == (False, False, 0)
    assert (cache.get_or_set("a", lambda: 5), cache.get_or_set("a", 6)) == (5, 6)
    for change in (cache.incr, cache.decr, cache.incr_version, cache.decr_version):
        with pytest.raises(ValueError, match="not found"):
            change("a")


def test_only_the_first_call_of_an_outage_waits(city: City) -> None:
    city.cache.set("a", 1)
    city.stop()
    assert TIMEOUT / 2 < seconds(lambda: city.cache.get("a")) < 2 * TIMEOUT
    assert seconds(lambda: [city.cache.get("a") for _ in range(200)]) < TIMEOUT


def test_what_one_thread_learns_the_others_know(city: City) -> None:
    city.cache.set("a", 1)
    city.stop()
    city.cache.get("a")
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: seconds(lambda: city.new_cache().get("a")), range(40)))
    assert max(waits) < TIMEOUT


def test_after_a_pause_one_call_tries_and_the_rest_go_on_without(city: City) -> None:
    city.cache.set("a", 1)
    city.stop()
    city.cache.get("a")
    time.sleep(PAUSE)
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: seconds(lambda: city.cache.get("a")), range(16)))
    assert sum(wait >= 0.9 * TIMEOUT for wait in waits) == 1


def test_a_redis_that_is_back_is_used_again_and_told_once(city: City, caplog: pytest.LogCaptureFixture) -> None:
    city.cache.set("a", 1)
    city.stop()
    for _ in range(20):
        city.cache.get("a")
    city.go_on()
    time.sleep(PAUSE)
    assert [city.cache.get("a"), city.cache.get("a")] == [1, 1]
    assert [line.message.partition(",")[0] for line in caplog.records] == ["Redis is away", "Redis is back."]


def test_a_redis_that_is_gone_is_no_error_and_no_wait(city: City) -> None:
    city.client.shutdown(nosave=True)
    assert seconds(lambda: [city.cache.get("a", 7) for _ in range(50)]) < TIMEOUT
    assert city.cache.get("a", 7) == 7


def test_a_full_redis_is_still_read(city: City, caplog: pytest.LogCaptureFixture) -> None:
    city.cache.set("a", 1)
    city.client.config_set("maxmemory", 1)
    assert (city.cache.set("b", 2), city.cache.get("a")) == (False, 1)
    assert "refused" in caplog.text


def test_the_settings_keep_redis_on_a_short_lead_and_read_it_in_c(city: City) -> None:
    city.cache.get("a")
    pool = city.cache.client.get_client().connection_pool
    connection = pool.make_connection()
    assert isinstance(connection._parser, _HiredisParser)
    assert (connection.socket_timeout, connection.socket_connect_timeout) == (TIMEOUT, TIMEOUT)
    assert (connection.retry.get_retries(), settings.REDIS_TIMEOUT) == (0, TIMEOUT)
