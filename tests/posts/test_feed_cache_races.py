"""A server is paused in the middle of a request, at each exchange with database or Redis, while another one goes on."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import httpx
import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests.cuttable_proxy import REPLIES, REQUESTS, SlowProxy
from tests.libs.outbox.processes import database_url
from tests.polling import wait_until
from tests.posts.feed_reference import NEWEST, check_page, read_body, wait_until_right
from tests.posts.feed_servers import FeedServer, Reader, feed_servers

pytestmark = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="several processes need PostgreSQL and Redis")


@dataclass
class Scene:
    """Two servers; the first one reaches database and Redis through proxies. Mina writes, Jun reads."""

    servers: list[FeedServer]
    database: SlowProxy
    redis: SlowProxy
    mina: Reader
    jun: Reader

    def publish(self) -> str:
        """Publish a post on the server that is never paused."""
        return str(self.mina.send(self.servers[1], "POST", "posts", text="Snow")["id"])

    @contextmanager
    def paused(self, proxy: SlowProxy, side: str, exchange: int, request: Callable[[], Any]) -> Iterator[Future[Any]]:
        """A request that is paused at an exchange during the context; it is done if it has fewer of them."""
        with ThreadPoolExecutor(1) as thread:
            proxy.hold(side, passed_pieces=exchange)
            try:
                running = thread.submit(request)
                wait_until(lambda: proxy.holds_something.is_set() or running.done())
                yield running
            finally:
                proxy.release()

    def pause(self, proxy: SlowProxy, exchange: int, request: Callable[[], Any], meanwhile: Callable[[], Any]) -> bool:
        """Do something while a request is paused, and check pages when it is done; False if it was done before."""
        # So that servers have to read anew.
        self.publish()
        with self.paused(proxy, REPLIES, exchange, request) as running:
            is_paused = not running.done()
            meanwhile()
        running.result()
        self.check()
        return is_paused

    def check(self) -> None:
        """Compare what Jun sees on each server with the database."""
        for server in self.servers:
            check_page(server, self.jun, NEWEST, None)


@pytest.fixture(scope="module")
def servers(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[list[FeedServer], SlowProxy, SlowProxy]]:
    """The servers of all tests with the same settings, and the proxies of the first one."""
    own = getattr(request, "param", {})
    with django_db_blocker.unblock():
        database, redis = SlowProxy(database_url()), SlowProxy(settings.REDIS_URL)
        changes = [{**own, "DATABASE_URL": database.url, "REDIS_URL": redis.url}, own]
        with feed_servers(tmp_path_factory.mktemp("servers"), changes) as running:
            yield running, database, redis


@pytest.fixture
def scene(servers: tuple[list[FeedServer], SlowProxy, SlowProxy], transactional_db: None) -> Scene:
    """The scene with new members; database and Redis were emptied behind the back of the servers."""
    return Scene(*servers, Reader.sign_up(), Reader.sign_up())


def changes_of(scene: Scene) -> list[Callable[[FeedServer], object]]:
    """Changes of what Jun sees of a new post of Mina's, by requests to a server."""
    mina, jun = scene.mina, scene.jun
    post = scene.publish()
    requests: list[tuple[Reader, str, str, dict[str, str]]] = [
        (jun, "PUT", f"follows/{mina.member.pk}", {}),
        (mina, "PATCH", f"posts/{post}", {"text": "Rain"}),
        (mina, "PATCH", "me", {"nickname": f"Mina {post}"}),
        (mina, "PUT", f"blocks/{jun.member.pk}", {}),
        (mina, "DELETE", f"blocks/{jun.member.pk}", {}),
        (mina, "POST", "posts", {"text": "Sun"}),
        (mina, "DELETE", f"posts/{post}", {}),
    ]
    return [partial(send, *request) for request in requests]


def send(member: Reader, method: str, path: str, body: dict[str, str], server: FeedServer) -> None:
    member.send(server, method, path, **body)


def count_exchanges(pause: Callable[[int], list[bool]]) -> int:
    """Pause requests at the first exchange, the second and so on; return how many the longest has."""
    return next(exchange for exchange in count() if not any(pause(exchange)))


@pytest.mark.parametrize("name", ["database", "redis"])
def test_a_page_that_is_read_while_something_changes_is_not_kept(scene: Scene, name: str) -> None:
    proxy, (reading, changing) = getattr(scene, name), scene.servers
    read = partial(read_body, reading, scene.jun)

    def pause_reader(exchange: int) -> list[bool]:
        return [scene.pause(proxy, exchange, read, partial(change, changing)) for change in changes_of(scene)]

    assert count_exchanges(pause_reader)


@pytest.mark.parametrize("name", ["database", "redis"])
def test_a_page_that_is_read_within_a_change_is_not_kept(scene: Scene, name: str) -> None:
    proxy, (changing, reading) = getattr(scene, name), scene.servers
    read = partial(read_body, reading, scene.jun)

    def pause_writer(exchange: int) -> list[bool]:
        return [scene.pause(proxy, exchange, partial(change, changing), read) for change in changes_of(scene)]

    assert count_exchanges(pause_writer)


@pytest.mark.parametrize("servers", [{"FEED_CACHE_SECONDS": "1"}], indirect=True)
@pytest.mark.parametrize(("method", "path"), [("DELETE", "posts/{post}"), ("PUT", "blocks/{jun}")])
def test_a_change_shows_soon_though_the_server_is_killed_within_it(scene: Scene, method: str, path: str) -> None:
    killed, other = scene.servers
    for exchange in count():
        post = scene.publish()
        scene.mina.send(other, "DELETE", f"blocks/{scene.jun.member.pk}")
        scene.check()
        change = partial(scene.mina.request, killed, method, path.format(post=post, jun=scene.jun.member.pk))
        with scene.paused(scene.redis, REQUESTS, exchange, change) as running:
            if running.done():
                break
            # At its first requests to Redis nothing is committed yet; at its last ones the change is.
            killed.kill()
        assert isinstance(running.exception(), httpx.TransportError)
        wait_until_right(other, scene.jun)
        killed.start()
    assert exchange
