"""While Redis cannot be reached, no request fails and every page is what the database says; servers recover."""

import os
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.posts.feed_outages import OutageScene, outage_scene
from tests.posts.feed_reference import NEWEST, check_page, wait_until_right

pytestmark = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="several processes need PostgreSQL and Redis")


@pytest.fixture(scope="module")
def shared_scene(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OutageScene]:
    """The scene of the module."""
    # A change that could not be told to the others shows after a second; Redis is waited for longer than in production,
    # since a good one may need it on a busy machine.
    settings = {"FEED_CACHE_SECONDS": "1", "REDIS_TIMEOUT": "1"}
    with django_db_blocker.unblock(), outage_scene(tmp_path_factory.mktemp("servers"), **settings) as scene:
        yield scene


@pytest.fixture
def scene(shared_scene: OutageScene, transactional_db: None) -> Iterator[OutageScene]:
    """The scene while all is well."""
    shared_scene.begin()
    yield shared_scene
    shared_scene.end()


def test_pages_are_right_while_redis_refuses_connections_and_afterwards(scene: OutageScene) -> None:
    for proxy in scene.proxies:
        proxy.cut()
    scene.play_each()
    for proxy in scene.proxies:
        proxy.restore()
    scene.wait_until_recovered()
    scene.play_each()


def test_pages_are_right_while_redis_hangs_within_responses_and_afterwards(scene: OutageScene) -> None:
    for proxy in scene.proxies:
        proxy.hold(passed_bytes=1)
    scene.play_each()
    for proxy in scene.proxies:
        proxy.release()
    scene.wait_until_recovered()
    scene.play_each()


def test_a_change_by_a_server_without_redis_shows_soon_on_others(scene: OutageScene) -> None:
    cut, other = scene.servers
    author, viewer = scene.story.active()[:2]
    scene.proxies[0].cut()
    for number in range(3):
        post = author.send(cut, "POST", "posts", text=f"unseen {number}")["id"]
        check_page(cut, viewer, NEWEST, None)
        wait_until_right(other, viewer)
        author.send(cut, "PUT", f"blocks/{viewer.member.pk}")
        wait_until_right(other, viewer)
        author.send(cut, "DELETE", f"blocks/{viewer.member.pk}")
        author.send(cut, "DELETE", f"posts/{post}")
        wait_until_right(other, viewer)
    scene.proxies[0].restore()


def test_pages_are_right_soon_though_redis_comes_back_with_old_content(scene: OutageScene) -> None:
    for _ in range(3):
        scene.redis.client.save()
        scene.play_each()
        scene.redis.restart(snapshot=True)
        scene.wait_until_right()
        scene.play_each()
