"""The cache of the feed: each process holds the newest posts, kept equal to the database by the log of changes.

A page of the feed is cut from them without any query: the posts of authors whom the reader does not see are left out,
and what depends on the reader is filled in, by relations, hearts and saved posts that Redis gives together with the
login session. A page that needs others, and every page while Redis is away, is read from the database.

Once a change is answered, the pages of all processes show it. What a server did not log, because it was killed or
could not reach Redis, is seen after settings.FEED_CACHE_SECONDS at the latest.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from prometheus_client import Counter

from accounts.profiles.relation_cache import Relations, parse_relations, relations_key, store_relations
from accounts.profiles.relations import read_relations
from libs.change_log import Position, append_changes, position_keys
from libs.keyset.cursors import Cursor
from libs.keyset.querysets import PageSource
from libs.marked_cache import CHANGED, TOO_MANY
from libs.replicas.router import read_from_primary
from posts.newest_posts import CachedPost, NewestPosts
from posts.reader_marks import ReaderMarks, marks_key, marks_of_rows, parse_marks, store_marks
from posts.representations import compiled_marks, post_representations

PAGES = Counter("h2h_feed_pages", "Pages of the feed, and single posts from the cache, by source.", ["source"])
# Longest wait for another thread that loads the posts. Seconds.
LOAD_TIMEOUT = 1.0


class FeedCache:
    """The newest posts as this process has them. Threads share them; one loads while the others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: NewestPosts | None = None

    def newest_at(self, position: Position) -> NewestPosts | None:
        """Return the posts at this position or a later one; None if another thread loads them for too long.

        Another thread may have loaded them at a later position. The log has that position then; if it has not, because
        Redis was restored from an older copy of its data, all posts are loaded again.
        """
        newest = self._newest
        if newest and newest.position == position and not newest.is_old:
            return newest
        if not self._lock.acquire(timeout=LOAD_TIMEOUT):
            return None
        try:
            newest = self._newest
            is_usable = newest is not None and not newest.is_old
            if newest and is_usable and newest.position != position:
                newest = newest.updated()
            self._newest = newest if newest and is_usable else NewestPosts.load(position)
            return self._newest
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Have the posts loaded again by the next request."""
        self._newest = None


_cache = FeedCache()


@dataclass(frozen=True)
class CachedFeed:
    """The feed of one reader: a source of pages that reads from the database what is not cached."""

    newest: NewestPosts
    reader: int
    relations: Relations
    marks: ReaderMarks
    otherwise: PageSource

    @property
    def order(self) -> tuple[str, ...]:
        return self.otherwise.order

    def rows(self, position: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """See PageSource."""
        hidden = self.relations.hidden | self.relations.muted
        visible = (post for post in self.newest.after(position, ascending=ascending) if post.author not in hidden)
        posts = list(islice(visible, count))
        is_decided = all(self.marks.decide(post.created_at) for post in posts)
        is_whole = self.newest.reaches(position) if ascending else self.newest.oldest is None
        if is_decided and (is_whole or (len(posts) == count and (not ascending or self.newest.reaches(position)))):
            PAGES.labels("cache").inc()
            return posts
        PAGES.labels("database").inc()
        return self.otherwise.rows(position, count, ascending=ascending)

    def post(self, post_id: int) -> Any:
        """Return one post as JSON; None if it is not cached, or hidden from the reader."""
        post = self.newest.by_id.get(post_id)
        if post is None or post.author in self.relations.hidden or not self.marks.decide(post.created_at):
            return None
        PAGES.labels("cache").inc()
        return post.for_reader(self.reader, self.relations, self.marks)

    def representations(self, rows: list[Any]) -> list[Any]:
        """Return the posts of `rows` as the API shows them."""
        if rows and isinstance(rows[0], CachedPost):
            return [post.for_reader(self.reader, self.relations, self.marks) for post in rows]
        return post_representations(rows, self.reader)


def feed_redis_keys(reader: int) -> list[str]:
    """Return the keys of Redis whose values `cached_feed` needs; none while the cache is off."""
    return [*position_keys(), relations_key(reader), marks_key(reader)] if settings.FEED_CACHE_POSTS else []


def cached_feed(reader: int, values: Mapping[str, bytes | None], otherwise: PageSource) -> CachedFeed | None:
    """Return the feed of a reader, by what Redis has for `feed_redis_keys`; None when the database must be asked."""
    keys = feed_redis_keys(reader)
    if not all(key in values for key in keys) or not keys:
        # Redis is away, and this process may miss changes.
        _cache.forget()
        return None
    (text, name, relations_value, marks_value), name_key = (values[key] for key in keys), keys[1]
    position = Position.parse(text)
    if position is None or name is None:
        # Redis was emptied, or is new.
        append_changes([""])
        return None
    try:
        newest = read_from_primary(lambda: _cache.newest_at(position))
        relations = _relations(reader, relations_value, name_key, name)
        marks = _marks(reader, marks_value, name_key, name)
    except (DatabaseError, InterfaceError):
        # The primary is away; a replica may answer.
        return None
    return CachedFeed(newest, reader, relations, marks, otherwise) if newest and relations else None


def _relations(reader: int, value: bytes | None, name_key: str, name: bytes) -> Relations | None:
    found = parse_relations(value)
    if isinstance(found, Relations):
        return found
    if found == TOO_MANY:
        return None
    relations = read_from_primary(lambda: read_relations(reader))
    if found != CHANGED:
        store_relations(reader, relations, name_key, name)
    return relations if relations.is_cacheable else None


def _marks(reader: int, value: bytes | None, name_key: str, name: bytes) -> ReaderMarks:
    found = parse_marks(value)
    if isinstance(found, ReaderMarks):
        return found
    (row,) = read_from_primary(lambda: compiled_marks.rows(member=reader)) or [{"hearts": None, "saved": None}]
    marks = marks_of_rows(row["hearts"], row["saved"])
    if found != CHANGED:
        store_marks(reader, marks, name_key, name)
    return marks
