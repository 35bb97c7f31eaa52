"""Whatever members and moderators do, on whichever server, every page of a feed is what the database says."""

import os
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.posts.feed_changes import play
from tests.posts.feed_facts import Facts
from tests.posts.feed_reference import NEWEST, Feed
from tests.posts.feed_servers import FeedServer, Reader, feed_servers
from tests.posts.feed_story import FeedStory
from tests.posts.feed_writers import WRITERS, Scene, Writer

pytestmark = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="several processes need PostgreSQL and Redis")
STEPS = 120
# Threads that read, and how often each writer repeats what it does.
READERS, ROUNDS = 3, 15


@pytest.fixture(scope="module")
def running_servers(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[FeedServer]]:
    """A server of two processes, and one of a single process that holds few posts."""
    changes = [{"WORKERS": "2"}, {"FEED_CACHE_POSTS": "7"}]
    with django_db_blocker.unblock(), feed_servers(tmp_path_factory.mktemp("servers"), changes) as servers:
        yield servers


@pytest.fixture
def servers(running_servers: list[FeedServer], transactional_db: None) -> list[FeedServer]:
    """The servers of the module; database and Redis were emptied behind their back."""
    return running_servers


@contextmanager
def closing_connections() -> Iterator[None]:
    """Close the connections of this thread to the database at the end."""
    try:
        yield
    finally:
        connections.close_all()


def test_pages_of_two_servers_are_those_of_the_database(servers: list[FeedServer]) -> None:
    story = FeedStory(servers)
    with story.explaining_failures():
        play(story, STEPS)


def test_no_page_misses_what_a_response_confirmed_while_others_write(servers: list[FeedServer]) -> None:
    scene = Scene(servers, [Reader.sign_up() for _ in range(READERS)], Facts())
    authors = [Reader.sign_up() for _ in WRITERS]
    over = threading.Event()

    def write(writer: Writer, author: Reader) -> None:
        with closing_connections():
            for _ in range(ROUNDS):
                writer(scene, author)

    def read(reader: Reader) -> None:
        while not over.is_set():
            for feed in (NEWEST, Feed(following=True)):
                scene.facts.check(secrets.choice(servers), reader, feed)

    with ThreadPoolExecutor(len(WRITERS) + READERS) as threads:
        reading = [threads.submit(read, reader) for reader in scene.readers]
        try:
            list(threads.map(write, WRITERS, authors))
        finally:
            over.set()
    for each in reading:
        each.result()
