"""Pages by number for the app, read by keyset.

The app counts pages, and new posts push others from one page onto the next. So the place where a login's last page
ended is stored in the cache, and the next page starts there: page 500 costs what page 0 costs, and no post is repeated
or missed. Without a stored place, rows are counted from the nearest one that is known, or from the top.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from accounts.models import Member
from android.representations import app_member_values
from libs.compiled_queries import key_only
from libs.keyset.cursors import Cursor
from libs.keyset.errors import InvalidCursor
from libs.keyset.querysets import CompiledList, CompiledRows, rows_after
from posts.models import Post
from posts.models.post import PostQuerySet
from posts.representations import image_rows

# A reader may put the phone away and go on scrolling in the evening. Seconds.
CACHE_SECONDS = 86_400
# Rows without a stored place are counted one by one; nobody scrolls this far without loading the pages before. Rows.
MAX_COUNTED_ROWS = 10_000
# Called only when rows must be counted, since building the queryset costs more than reading the page.
MakePosts = Callable[[], PostQuerySet]


def app_post_values(posts: PostQuerySet) -> Any:
    """Select what `app_post_representations` needs."""
    columns = ("id", "created_at", "edited_at", "text")
    return posts.values(*columns, image_rows=image_rows(), **app_member_values("author__"))


@CompiledList
def app_feed(reader: int) -> Any:
    """All posts that the reader may see, newest first."""
    return app_post_values(Post.objects.feed_for(key_only(Member, reader)))


@CompiledList
def app_author_feed(reader: int, author: int) -> Any:
    """The posts of one author that the reader may see, newest first."""
    return app_post_values(Post.objects.feed_for(key_only(Member, reader)).filter(author=author))


@dataclass(frozen=True)
class PageBoundaries:
    """Where the pages of one list ended for one login session, stored in the cache under one key, signed."""

    key: str
    list_id: str

    def load(self) -> dict[int, Cursor]:
        """Return by page number where the page before it ended; nothing of another list or that we did not write."""
        stored, boundaries = cache.get(self.key), {}
        for page, end in stored.items() if isinstance(stored, dict) else ():
            with suppress(InvalidCursor, TypeError, ValueError):
                boundaries[int(page)] = Cursor.decode(end, self._signed_for(int(page)))
        return boundaries

    def store(self, boundaries: dict[int, Cursor | None]) -> None:
        """Replace the stored boundaries by these."""
        ends = {page: end.encode(self._signed_for(page)) for page, end in boundaries.items() if end}
        cache.set(self.key, ends, CACHE_SECONDS)

    def _signed_for(self, page: int) -> str:
        # Anybody who can write to Redis could choose where a page starts; the signature leaves only our own places.
        return f"{self.key}:{self.list_id}:{page}"


def feed_page(reader: Member, session_id: int, *, page: int, size: int) -> list[dict[str, Any]]:
    """Return one page of the reader's feed; empty beyond its end."""
    boundaries = PageBoundaries(f"android:pages:{session_id}:{size}", "feed")
    return _page(app_feed(reader=reader.pk), lambda: Post.objects.feed_for(reader), boundaries, page, size)


def author_page(reader: Member, author_id: int, session_id: int, *, page: int, size: int) -> list[dict[str, Any]]:
    """Return one page of an author's posts that the reader may see."""
    # One key for all authors, so that a login cannot fill the cache with one entry for each member.
    boundaries = PageBoundaries(f"android:author-pages:{session_id}:{size}", str(author_id))
    rows = app_author_feed(reader=reader.pk, author=author_id)
    return _page(rows, lambda: Post.objects.feed_for(reader).filter(author=author_id), boundaries, page, size)


def _page(
    compiled: CompiledRows, make_posts: MakePosts, boundaries: PageBoundaries, page: int, size: int
) -> list[dict[str, Any]]:
    start = _start_of(page, size, boundaries, make_posts) if page else None
    if page and start is None:
        return []
    rows = compiled.rows(start, size, ascending=False)
    # This page's start is stored too: the app asks for a page again when its response was lost.
    boundaries.store({page: start, page + 1: Cursor(rows[-1]["created_at"], rows[-1]["id"]) if rows else start})
    return rows


def _start_of(page: int, size: int, boundaries: PageBoundaries, make_posts: MakePosts) -> Cursor | None:
    """Return where the page before this one ended; None beyond the end, or when it is too far to count."""
    known = boundaries.load()
    nearest = max((number for number in known if number <= page), default=0)
    start, skipped = known.get(nearest), (page - nearest) * size
    if not skipped:
        return start
    if skipped > MAX_COUNTED_ROWS:
        return None
    posts: QuerySet[Post] = make_posts()
    if start:
        values = (start.timestamp, start.id)
        posts = rows_after(posts, app_feed.columns, values, ascending=False, inclusive=False)
    last = posts.values_list("created_at", "id")[skipped - 1 : skipped].first()
    return Cursor(*last) if last else None
