"""The shared cache, with a real Redis that stops answering and returns."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from redis._parsers import _HiredisParser

from config.cache import FaultTolerantRedisCache
from libs.redis_circuit_breaker import PAUSE_SECONDS
from tests.redis_outages import StoppableRedis, StoppedClock, Waits, stoppable_redis

pytestmark = pytest.mark.one_leg

TIMEOUT = 0.25


@pytest.fixture
def server() -> Iterator[StoppableRedis]:
    """A Redis server for this test only."""
    with stoppable_redis() as server:
        yield server


@pytest.fixture
def cache(server: StoppableRedis) -> Any:
    """A cache in this Redis."""
    return new_cache(server)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    return Waits(monkeypatch)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    return StoppedClock(monkeypatch)


def new_cache(server: StoppableRedis) -> Any:
    """Return a new cache object, as another thread would have."""
    options = {"SOCKET_CONNECT_TIMEOUT": TIMEOUT, "SOCKET_TIMEOUT": TIMEOUT}
    return FaultTolerantRedisCache(server.url, {"KEY_PREFIX": "h2h", "OPTIONS": options})


def test_the_cache_behaves_as_djangos_documentation_says(cache: Any) -> None:
    assert (cache.set("a", 1, 60), cache.add("a", 2), cache.get("a"), cache.incr("a")) == (True, False, 1, 2)
    assert cache.set_many({"b": {"x": [1]}, "c": None}) == []
    assert cache.get_many(key for key in "abcd") == {"a": 2, "b": {"x": [1]}, "c": None}
    assert (cache.get("c", "default"), "c" in cache, "d" in cache) == (None, True, False)
    assert (cache.touch("a", 5), cache.touch("d"), cache.delete("a"), cache.delete("a")) == (True, False, True, False)
    assert (cache.delete_many(["b", "c"]), cache.get_or_set("e", lambda: 5), cache.decr("e")) == (2, 5, 4)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nowhere")


@pytest.mark.parametrize("raw", [b"\x80\x04K\x01.", b"\xff\xfe", b"", b"{", b"live", b"[" * 100_000])
def test_what_another_program_wrote_is_read_like_a_missing_key(server: StoppableRedis, raw: bytes) -> None:
    options = {"SERIALIZER": "django_redis.serializers.json.JSONSerializer"}
    cache = FaultTolerantRedisCache(server.url, {"KEY_PREFIX": "h2h", "OPTIONS": options})
    redis.Redis.from_url(server.url).set("h2h:1:session:5", raw)
    assert (cache.get("session:5"), cache.get("session:5", 7), cache.get_many(["session:5"])) == (None, 7, {})
    assert (cache.set("session:5", 0), cache.get("session:5")) == (True, 0)


def test_the_cache_behaves_like_an_empty_one_while_redis_is_away(server: StoppableRedis, cache: Any) -> None:
    cache.set("a", 1)
    server.stop()
    assert (cache.get("a"), cache.get("a", 7), cache.get_many(["a"]), "a" in cache) == (None, 7, {}, False)
    assert (cache.set("a", 2), cache.add("b", 2), cache.set_many({"a": 1, "b": 2})) == (False, False, ["a", "b"])
    assert (cache.touch("a"), cache.delete("a"), cache.delete_many(["a"])) == (False, False, 0)
    assert (cache.get_or_set("a", lambda: 5), cache.get_or_set("a", 6)) == (5, 6)
    for change in (cache.incr, cache.decr, cache.incr_version, cache.decr_version):
        with pytest.raises(ValueError, match="not found"):
            change("a")


def test_only_the_first_call_of_an_outage_waits_for_redis(
    server: StoppableRedis, cache: Any, waits: Waits, clock: StoppedClock
) -> None:
    cache.set("a", 1)
    server.stop()
    waits.reset()
    assert [cache.get("a") for _ in range(200)] == [None] * 200
    assert waits.number == 1


def test_all_threads_stop_waiting_after_the_first_one_waited(
    server: StoppableRedis, cache: Any, waits: Waits, clock: StoppedClock
) -> None:
    cache.set("a", 1)
    server.stop()
    cache.get("a")
    waits.reset()
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: new_cache(server).get("a"), range(40))) == [None] * 40
    assert waits.number == 0


def test_after_a_pause_only_one_call_tries_redis_again(
    server: StoppableRedis, cache: Any, waits: Waits, clock: StoppedClock
) -> None:
    cache.set("a", 1)
    server.stop()
    cache.get("a")
    waits.reset()
    clock.shift(PAUSE_SECONDS)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: cache.get("a"), range(16))) == [None] * 16
    assert waits.number == 1


def test_a_redis_that_is_back_is_used_again_and_logged_once(
    server: StoppableRedis, cache: Any, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    cache.set("a", 1)
    server.stop()
    for _ in range(20):
        cache.get("a")
    server.resume()
    server.client.ping()
    clock.shift(PAUSE_SECONDS)
    assert [cache.get("a"), cache.get("a")] == [1, 1]
    assert [line.message.partition(",")[0] for line in caplog.records] == ["Redis is away", "Redis is back."]


def test_a_stopped_redis_causes_no_error_and_no_wait(
    server: StoppableRedis, cache: Any, waits: Waits, clock: StoppedClock
) -> None:
    server.client.shutdown(nosave=True)
    waits.reset()
    assert [cache.get("a", 7) for _ in range(50)] == [7] * 50
    assert waits.number == 0


def test_a_full_redis_can_still_be_read(server: StoppableRedis, cache: Any, caplog: pytest.LogCaptureFixture) -> None:
    cache.set("a", 1)
    server.client.config_set("maxmemory", 1)
    assert (cache.set("b", 2), cache.get("a")) == (False, 1)
    assert "refused" in caplog.text


def test_redis_connections_have_short_timeouts_and_the_fast_parser(cache: Any) -> None:
    cache.get("a")
    pool = cache.client.get_client().connection_pool
    connection = pool.make_connection()
    assert isinstance(connection._parser, _HiredisParser)
    assert (connection.socket_timeout, connection.socket_connect_timeout) == (TIMEOUT, TIMEOUT)
    assert connection.retry.get_retries() == 0
