"""Whatever becomes of Redis, no request fails, every page is what the database says, and the servers recover."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from pytest_django import DjangoDbBlocker

from tests.cuttable_proxy import SlowProxy
from tests.polling import wait_until
from tests.posts.feed_changes import BY_MEMBERS, play, play_each
from tests.posts.feed_reference import NEWEST, check_page, wait_until_right
from tests.posts.feed_servers import FeedServer, feed_servers
from tests.posts.feed_story import FeedStory
from tests.redis_outages import RestartableRedis, restartable_redis

pytestmark = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="several processes need PostgreSQL and Redis")
SEED = int(os.environ.get("FEED_SEED", "0")) or secrets.randbelow(1_000_000)
STEPS = 12
# What production waits for Redis. Seconds.
REDIS_TIMEOUT = "0.25"


@dataclass
class Scene:
    """Two servers, each with a way of its own to the same Redis, and members."""

    servers: list[FeedServer]
    redis: RestartableRedis
    proxies: list[SlowProxy]

    def begin(self) -> None:
        """Have members write for a while, so that both servers have something to hold."""
        self.story = FeedStory(self.servers, SEED)
        self.play(STEPS)

    def play(self, steps: int) -> None:
        """Have members write on any server, and compare pages of the other with the database."""
        with self.telling_the_story():
            play(self.story, steps, BY_MEMBERS)

    def play_each(self) -> None:
        """Have members do everything once, and compare pages of the other server with the database."""
        with self.telling_the_story():
            play_each(self.story)

    @contextmanager
    def telling_the_story(self) -> Iterator[None]:
        """Say in an assertion that fails what happened so far."""
        try:
            yield
        except AssertionError as fault:
            story_so_far = "\n".join(self.story.log[-20:])
            raise AssertionError(f"FEED_SEED={SEED}, after\n{story_so_far}\n{fault}") from fault

    def check_all_pages(self) -> None:
        """Compare the first page of each member on each server."""
        with self.telling_the_story():
            for reader in self.story.active():
                for server in self.servers:
                    check_page(server, reader, NEWEST, None)

    def wait_until_right(self) -> None:
        """Read until all pages are right; each is wrong for some seconds at most."""
        for reader in self.story.active():
            for server in self.servers:
                wait_until_right(server, reader)

    def wait_until_recovered(self) -> None:
        """Read until both servers use Redis again."""
        wait_until(self._is_recovered)

    def _is_recovered(self) -> bool:
        self.check_all_pages()
        return not any(server.metric("h2h_circuit_open") for server in self.servers)


@pytest.fixture(scope="module")
def shared_scene(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """The scene of the module."""
    with restartable_redis() as redis:
        proxies = [SlowProxy(redis.url) for _ in range(2)]
        settings = [{"REDIS_URL": proxy.url, "REDIS_TIMEOUT": REDIS_TIMEOUT} for proxy in proxies]
        with django_db_blocker.unblock(), feed_servers(tmp_path_factory.mktemp("servers"), settings) as servers:
            yield Scene(servers, redis, proxies)


@pytest.fixture
def scene(shared_scene: Scene, transactional_db: None) -> Iterator[Scene]:
    """The scene while all is well."""
    # The database was emptied behind the back of the servers.
    shared_scene.redis.client.flushall()
    shared_scene.begin()
    yield shared_scene
    shared_scene.redis.client.config_set("maxmemory", 0)
    for proxy in shared_scene.proxies:
        proxy.delay = 0
        proxy.release()
    shared_scene.wait_until_recovered()


def test_pages_are_right_though_redis_is_emptied_again_and_again(scene: Scene) -> None:
    for _ in range(STEPS):
        scene.redis.client.flushall()
        scene.play(1)
        scene.check_all_pages()


def test_pages_are_right_though_redis_is_slow(scene: Scene) -> None:
    for proxy in scene.proxies:
        proxy.delay = 0.1
    scene.play(5)


def test_pages_are_right_while_redis_is_away_and_afterwards(scene: Scene) -> None:
    scene.check_all_pages()
    for proxy in scene.proxies:
        proxy.cut()
    scene.play_each()
    for proxy in scene.proxies:
        proxy.restore()
    scene.check_all_pages()
    scene.wait_until_recovered()
    scene.check_all_pages()
    scene.play_each()


def test_pages_are_right_while_redis_hangs_within_responses_and_afterwards(scene: Scene) -> None:
    scene.check_all_pages()
    for proxy in scene.proxies:
        proxy.hold(passed_bytes=1)
    scene.play_each()
    for proxy in scene.proxies:
        proxy.release()
    scene.check_all_pages()
    scene.wait_until_recovered()
    scene.play_each()


@pytest.mark.parametrize("lost", ["nothing", "*session:*"])
def test_pages_are_right_while_redis_is_full_and_afterwards(scene: Scene, lost: str) -> None:
    scene.check_all_pages()
    scene.redis.client.config_set("maxmemory", 1)
    # What has expired meanwhile cannot be stored again.
    for key in scene.redis.client.scan_iter(lost):
        scene.redis.client.delete(key)
    scene.play_each()
    scene.redis.client.config_set("maxmemory", 0)
    scene.check_all_pages()
    scene.play_each()


def test_pages_are_right_though_redis_lost_everything_at_a_restart(scene: Scene) -> None:
    for _ in range(5):
        scene.redis.restart(snapshot=False)
        scene.check_all_pages()
        scene.play(5)


def test_pages_are_right_though_redis_comes_back_with_old_content(scene: Scene) -> None:
    scene.redis.client.save()
    for _ in range(4):
        scene.play_each()
        scene.redis.restart(snapshot=True)
        scene.check_all_pages()


def test_versions_that_are_used_again_after_a_restart_hide_no_change(scene: Scene) -> None:
    writer, reader = scene.servers
    author, viewer = scene.story.active()[:2]
    scene.redis.client.save()
    for number in range(1, 8):
        # The reader has the version of as many changes after the snapshot as are made after the restart.
        for turn in range(2):
            for _ in range(number):
                author.send(writer, "POST", "posts", text=f"{number} {turn}")
            check_page(reader, viewer, NEWEST, None)
            if not turn:
                scene.redis.restart(snapshot=True)


def test_pages_are_right_though_redis_holds_values_of_others(scene: Scene) -> None:
    for value in (b"", b"x", b"7", b'{"a": 1}', b"\xff\x00"):
        for key in scene.redis.client.scan_iter():
            scene.redis.client.set(key, value)
        scene.wait_until_right()
        scene.play(5)


def test_a_server_that_lost_redis_is_noticed_by_the_others(scene: Scene) -> None:
    scene.check_all_pages()
    scene.proxies[0].cut()
    author, viewer = scene.story.active()[:2]
    for number in range(3):
        post = author.send(scene.servers[0], "POST", "posts", text=f"unseen {number}")["id"]
        check_page(scene.servers[0], viewer, NEWEST, None)
        wait_until_right(scene.servers[1], viewer)
        author.send(scene.servers[0], "DELETE", f"posts/{post}")
        wait_until_right(scene.servers[1], viewer)
    scene.proxies[0].restore()
    scene.wait_until_recovered()
