"""Reads of a real server from a standby that lags, is killed, or becomes the primary."""

import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
import redis

from tests.libs.replicas.conftest import DATABASE, MAX_LAG, Phone, Scene
from tests.polling import wait_until
from tests.server_process import running_server
from tests.services import free_port

pytestmark = pytest.mark.slow
# More than there are threads, so that both worker processes are busy.
AT_ONCE = 12


@contextmanager
def repeated(action: Callable[[], Any], threads: int = 4) -> Iterator[list[Any]]:
    """Do something again and again in several threads; the list of the results grows meanwhile."""
    results: list[Any] = []
    done = Event()

    def repeat() -> None:
        while not done.is_set():
            results.append(action())

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(repeat) for _ in range(threads)]
        try:
            yield results
        finally:
            done.set()
        for each in running:
            each.result()


def wait_for_more(results: list[Any], number: int) -> None:
    """Wait until so many have been added to the results."""
    before = len(results)
    wait_until(lambda: len(results) >= before + number)


def test_authors_read_what_they_wrote_however_far_the_replica_lags(scene: Scene) -> None:
    scene.pause_replay()
    with repeated(scene.jun.feed), ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(5):
            post = scene.mina.publish(f"Snow {number}")
            feeds = list(pool.map(lambda _: scene.mina.feed(), range(AT_ONCE)))
            assert all(post in feed for feed in feeds)


def test_a_replica_that_lags_too_far_is_left_out_until_it_caught_up(scene: Scene) -> None:
    scene.pause_replay()
    post = scene.mina.publish("Only on the primary.")
    wait_until(lambda: post in scene.jun.feed())
    scene.standby.query("SELECT pg_wal_replay_resume()")
    wait_until(scene.reads_come_from_replica)
    assert post in scene.jun.feed()


def test_a_replica_that_has_nothing_to_replay_does_not_lag(scene: Scene) -> None:
    last_replay = "SELECT 1 WHERE now() - pg_last_xact_replay_timestamp() > make_interval(secs => {})"
    wait_until(lambda: scene.standby.query(last_replay.format(MAX_LAG + 1)))
    assert scene.reads_come_from_replica()


def test_a_blocked_member_loses_sight_of_the_blocker_at_once(scene: Scene) -> None:
    post = scene.mina.publish("Before the block.")
    wait_until(lambda: post in scene.jun.feed())
    scene.pause_replay()
    scene.mina.send("PUT", f"blocks/{scene.jun.id}")
    try:
        assert post not in scene.jun.feed()
        assert scene.jun.request("GET", f"posts/{post}").status_code == 404
        assert scene.jun.request("GET", f"members/{scene.mina.id}").status_code == 404
    finally:
        scene.mina.send("DELETE", f"blocks/{scene.jun.id}")
    assert post in scene.jun.feed()


def test_a_post_that_the_replica_does_not_have_yet_is_found(scene: Scene) -> None:
    scene.pause_replay()
    post = scene.mina.publish("Shared by its address.")
    assert scene.jun.send("GET", f"posts/{post}")["text"] == "Shared by its address."


def test_a_cached_feed_uses_no_replica_however_far_the_replica_lags(scene: Scene, tmp_path: Path) -> None:
    own = {"PORT": str(free_port()), "METRICS_PORT": str(free_port()), "VAR_DIR": str(tmp_path)}
    # More than the page needs, which would come from the replica otherwise.
    with running_server(scene.server.environment | own | {"FEED_CACHE_POSTS": "400"}, tmp_path) as server:
        url, headers = f"{server.url}/api/v1/", scene.jun.client.headers
        jun = Phone(httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False), scene.jun.id)
        cached = replace(scene, server=server, jun=jun)
        # Of these none is cached.
        wait_until(lambda: cached.reads_come_from_replica("?following=true"))
        scene.pause_replay()
        before = cached.count_replica_reads()
        for number in range(5):
            post = scene.mina.publish(f"Rain {number}")
            assert post in jun.feed()
        assert cached.count_replica_reads() == before


def test_authors_read_what_they_wrote_though_redis_lost_everything(scene: Scene) -> None:
    scene.pause_replay()
    post = scene.mina.publish("Before Redis is emptied.")
    redis.Redis.from_url(scene.redis.url).flushdb()
    assert post in scene.mina.feed()


def test_authors_read_what_they_wrote_while_redis_is_away(scene: Scene) -> None:
    scene.pause_replay()
    scene.redis.cut()
    try:
        post = scene.mina.publish("While Redis is away.")
        assert post in scene.mina.feed()
    finally:
        scene.redis.restore()


def test_no_read_fails_when_the_replica_is_killed(scene: Scene) -> None:
    with repeated(lambda: scene.jun.request("GET", "posts").status_code) as statuses:
        wait_for_more(statuses, 20)
        scene.standby.kill()
        wait_for_more(statuses, 100)
    assert set(statuses) == {200}
    scene.standby.start()
    wait_until(scene.reads_come_from_replica)


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are read from /proc")
def test_no_read_fails_when_the_replica_hangs(scene: Scene) -> None:
    with repeated(lambda: scene.jun.request("GET", "posts").status_code) as statuses:
        wait_for_more(statuses, 20)
        scene.standby.signal(signal.SIGSTOP)
        try:
            wait_for_more(statuses, 100)
        finally:
            scene.standby.signal(signal.SIGCONT)
    assert set(statuses) == {200}
    wait_until(scene.reads_come_from_replica)


def test_a_promoted_standby_has_every_acknowledged_post(scene: Scene) -> None:
    scene.primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
    scene.primary.query("SELECT pg_reload_conf()")
    wait_until(lambda: scene.primary.query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
    numbers = count()
    with repeated(lambda: publish(scene.mina, f"Post {next(numbers)}")) as published:
        wait_for_more(published, 50)
        scene.primary.kill()
        scene.standby.query("SELECT pg_promote()")
        # By the same server, which nobody has restarted.
        wait_until(lambda: published[-1])
        wait_for_more(published, 50)
    stored = {text for (text,) in scene.standby.query("SELECT text FROM posts_post", DATABASE)}
    assert set(filter(None, published)) - stored == set()
    assert scene.jun.feed() == scene.mina.feed()


def publish(phone: Phone, text: str) -> str | None:
    """Publish a post; returns its text if that was acknowledged."""
    return text if phone.request("POST", "posts", text=text).status_code == 201 else None
