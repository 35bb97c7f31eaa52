"""What pages must show while threads write: what a response has confirmed, until the next change of it begins."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import orjson

from tests.posts.feed_reference import NEWEST, Feed, read_body
from tests.posts.feed_servers import FeedServer, Reader


class Shown(NamedTuple):
    """A post on a page."""

    nickname: str
    text: str


class Fact(NamedTuple):
    """How a post is shown on a page, None if it is not; `change` is the number of its last change."""

    shown: Shown | None
    change: int


class Key(NamedTuple):
    """A post on the first page of a reader's feed."""

    reader: int
    feed: Feed
    post: str


class Facts:
    """What is certain at a moment; threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._facts: dict[Key, Fact] = {}
        self._changes = 0

    @contextmanager
    def changing(
        self, post: str, shown: Shown | None, readers: Iterable[Reader], feed: Feed = NEWEST
    ) -> Iterator[None]:
        """Nothing is certain about the post during the context; afterwards it is shown so to these readers."""
        keys = [Key(reader.member.pk, feed, post) for reader in readers]
        with self._lock:
            for key in keys:
                self._facts.pop(key, None)
        yield
        with self._lock:
            self._changes += 1
            self._facts |= dict.fromkeys(keys, Fact(shown, self._changes))

    def certain(self, reader: Reader, feed: Feed) -> set[tuple[Key, Fact]]:
        """What the first page of this feed must show now."""
        with self._lock:
            facts = set(self._facts.items())
        return {(key, fact) for key, fact in facts if (key.reader, key.feed) == (reader.member.pk, feed)}

    def check(self, server: FeedServer, reader: Reader, feed: Feed) -> None:
        """Read a page and assert all that was certain when the request began and still is."""
        before = self.certain(reader, feed)
        posts = orjson.loads(read_body(server, reader, feed, 100))["results"]
        shown = {post["id"]: Shown(post["author"]["nickname"], post["text"]) for post in posts}
        wrong = [(key, fact) for key, fact in before & self.certain(reader, feed) if shown.get(key.post) != fact.shown]
        assert not wrong, describe(wrong, shown)


def describe(wrong: list[Any], shown: dict[str, Shown]) -> str:
    """Say what is shown otherwise than it must be."""
    return "; ".join(f"post {key.post}: {fact.shown} was confirmed, {shown.get(key.post)} shown" for key, fact in wrong)
