"""Scripts that run in Redis: forgotten ones are sent again, and lost connections made anew."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis.exceptions import ConnectionError as ConnectionFailed

from libs.redis_scripts import RedisScript
from tests.redis_outages import StoppableRedis, stoppable_redis

pytestmark = pytest.mark.one_leg


@pytest.fixture
def server() -> Iterator[StoppableRedis]:
    with stoppable_redis() as server:
        yield server


@pytest.fixture
def add(server: StoppableRedis) -> RedisScript:
    return RedisScript(server.url, 5, "return redis.call('incrby', KEYS[1], ARGV[1])")


def test_a_script_that_redis_has_forgotten_is_sent_again(server: StoppableRedis, add: RedisScript) -> None:
    assert add(["sum"], [3]) == 3
    server.client.script_flush()
    assert add(["sum"], [4]) == 7


def test_a_connection_that_redis_has_closed_is_made_anew(server: StoppableRedis, add: RedisScript) -> None:
    add(["sum"], [3])
    assert server.client.client_kill_filter(_type="normal", skipme=True)
    assert add(["sum"], [4]) == 7


def test_threads_get_the_replies_of_their_own_calls(add: RedisScript) -> None:
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: add(["sum"], [1]), range(400)))
    assert sorted(replies) == list(range(1, 401))


def test_a_redis_that_was_never_there_is_an_error() -> None:
    with pytest.raises(ConnectionFailed):
        RedisScript("redis://127.0.0.1:1", 5, "return 1")([], [])
