"""Two servers, each with a way of its own to the same Redis, which may be cut, emptied and restarted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cuttable_proxy import SlowProxy
from tests.polling import wait_until
from tests.posts.feed_changes import BY_MEMBERS, play, play_each
from tests.posts.feed_reference import NEWEST, check_page, wait_until_right
from tests.posts.feed_servers import FeedServer, feed_servers
from tests.posts.feed_story import FeedStory
from tests.redis_outages import RestartableRedis, restartable_redis


@dataclass
class OutageScene:
    """The servers, Redis, and members who write and read."""

    servers: list[FeedServer]
    redis: RestartableRedis
    proxies: list[SlowProxy]

    def begin(self) -> None:
        """Have new members write and read, so that both servers hold something; the database is empty."""
        # It was emptied behind the back of the servers.
        self.redis.client.flushall()
        self.story = FeedStory(self.servers)
        self.play(10)
        self.check_all_pages()

    def end(self) -> None:
        """Give the servers their Redis back, and wait until they use it."""
        self.redis.client.config_set("maxmemory", 0)
        for proxy in self.proxies:
            proxy.delay = 0
            proxy.release()
        self.wait_until_recovered()

    def play(self, steps: int) -> None:
        """Have members write on any server, and compare pages of the other with the database."""
        with self.story.explaining_failures():
            play(self.story, steps, BY_MEMBERS)

    def play_each(self) -> None:
        """Have members do everything once, and compare pages of the other server with the database."""
        with self.story.explaining_failures():
            play_each(self.story)

    def check_all_pages(self) -> None:
        """Compare the first page of each member on each server."""
        with self.story.explaining_failures():
            for reader in self.story.active():
                for server in self.servers:
                    check_page(server, reader, NEWEST, None)

    def wait_until_right(self) -> None:
        """Read until all pages are right; each may be wrong for FEED_CACHE_SECONDS."""
        for reader in self.story.active():
            for server in self.servers:
                wait_until_right(server, reader)

    def wait_until_recovered(self) -> None:
        """Read until both servers use Redis again, and pages need no query."""
        self.wait_until_right()
        wait_until(lambda: self.read() and not any(server.metric("h2h_circuit_open") for server in self.servers))
        before = self.cached_pages()
        wait_until(lambda: self.read() and all(map(int.__lt__, before, self.cached_pages())))

    def read(self) -> bool:
        """Read a page of each server."""
        return all(self.story.active()[0].send(server, "GET", "posts") for server in self.servers)

    def cached_pages(self) -> list[int]:
        """How many pages each server has given without a query."""
        return [int(server.metric("h2h_feed_pages_total", source="cache")) for server in self.servers]


@contextmanager
def outage_scene(folder: Path, **settings: str) -> Iterator[OutageScene]:
    """A scene whose servers have these settings."""
    with restartable_redis() as redis:
        proxies = [SlowProxy(redis.url) for _ in range(2)]
        with feed_servers(folder, [{**settings, "REDIS_URL": proxy.url} for proxy in proxies]) as servers:
            yield OutageScene(servers, redis, proxies)
