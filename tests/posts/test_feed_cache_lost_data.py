"""Every page is what the database says though Redis is slow or full, or loses what it held."""

import os
from collections.abc import Iterator

import pytest
import redis.exceptions
from pytest_django import DjangoDbBlocker

from tests.posts.feed_outages import OutageScene, outage_scene
from tests.posts.feed_reference import NEWEST, check_page

pytestmark = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="several processes need PostgreSQL and Redis")
# Texts, numbers and JSON that no release of ours has written.
FOREIGN = (b"", b"x", b"7", b"7-7", b'{"a": 1}', b"[1, 2, 3]", b"[[{}], [], []]", b"\xff\x00")


@pytest.fixture(scope="module")
def shared_scene(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OutageScene]:
    """The scene of the module."""
    with django_db_blocker.unblock(), outage_scene(tmp_path_factory.mktemp("servers")) as scene:
        yield scene


@pytest.fixture
def scene(shared_scene: OutageScene, transactional_db: None) -> Iterator[OutageScene]:
    """The scene while all is well."""
    shared_scene.begin()
    yield shared_scene
    shared_scene.end()


def test_pages_are_right_though_redis_is_slow(scene: OutageScene) -> None:
    for proxy in scene.proxies:
        proxy.delay = 0.1
    scene.play(5)


def test_pages_are_right_though_redis_is_emptied_again_and_again(scene: OutageScene) -> None:
    for _ in range(10):
        scene.redis.client.flushall()
        scene.play(1)
        scene.check_all_pages()


@pytest.mark.parametrize("lost", ["nothing", "*session:*"])
def test_pages_are_right_while_redis_is_full_and_afterwards(scene: OutageScene, lost: str) -> None:
    scene.redis.client.config_set("maxmemory", 1)
    # What has expired meanwhile cannot be stored again.
    for key in scene.redis.client.scan_iter(lost):
        scene.redis.client.delete(key)
    scene.play_each()
    scene.redis.client.config_set("maxmemory", 0)
    scene.check_all_pages()
    scene.play_each()


def test_pages_are_right_though_redis_lost_everything_at_a_restart(scene: OutageScene) -> None:
    for _ in range(3):
        scene.redis.restart(snapshot=False)
        scene.check_all_pages()
        scene.play(5)


@pytest.mark.parametrize("later", [0, 1])
def test_changes_that_redis_lost_at_a_restart_are_seen_by_who_was_behind(scene: OutageScene, later: int) -> None:
    writer, behind = scene.servers
    author, viewer = scene.story.active()[:2]
    for _ in range(3):
        check_page(behind, viewer, NEWEST, None)
        scene.redis.client.save()
        author.send(writer, "POST", "posts", text="Snow")
        scene.redis.restart(snapshot=True)
        for _ in range(later):
            author.send(writer, "POST", "posts", text="Rain")
        check_page(behind, viewer, NEWEST, None)


def test_values_of_others_in_redis_make_no_page_wrong(scene: OutageScene) -> None:
    for value in FOREIGN:
        for key in scene.redis.client.scan_iter():
            try:
                scene.redis.client.xadd(key, {"change": value})
            except redis.exceptions.ResponseError:
                scene.redis.client.set(key, value)
        scene.check_all_pages()
        scene.play(2)
        for key in scene.redis.client.scan_iter():
            scene.redis.client.set(key, value)
        scene.check_all_pages()
        scene.play(2)
