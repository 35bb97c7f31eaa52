"""Pages by number, cut by keyset: where a login's last page ended is remembered, so that the next begins right there.

The app counts pages, and posts that are written meanwhile push others from one page onto the next. With the place
remembered, page 500 costs what page 0 costs, and nobody sees a post twice or misses one. The cache may forget; then the
place is counted, from the nearest one that is known or from the top.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache

from accounts.models import Member
from android.representations import member_values
from libs.compiled_queries import key_only
from libs.keyset.cursors import Cursor
from libs.keyset.querysets import CompiledList, CompiledRows, rows_after
from posts.models import Post
from posts.models.post import PostQuerySet

# Somebody puts the phone away and goes on scrolling in the evening. Seconds.
REMEMBERED_SECONDS = 86_400
# A jump is counted row by row; nobody scrolls there without having been on the page before. Rows.
FARTHEST_JUMP = 10_000
# Made for a jump only, since making the SQL costs more than reading the page.
Posts = Callable[[], PostQuerySet]


def rows_of(posts: PostQuerySet) -> Any:
    """What `shapes.written` needs of these posts."""
    return posts.values("id", "created_at", "edited_at", "text", "image_count", **member_values("author__"))


@CompiledList
def feed(reader: int) -> Any:
    """Everything a reader may see, newest first, as `rows_of`."""
    return rows_of(Post.objects.feed_for(key_only(Member, reader)))


@CompiledList
def feed_of_one(reader: int, author: int) -> Any:
    """What a reader may see of one member, newest first, as `rows_of`."""
    return rows_of(Post.objects.feed_for(key_only(Member, reader)).filter(author=author))


@dataclass(frozen=True)
class Walk:
    """How far one login has come in one list, page by page. It is known by the key, and good for one list there."""

    key: str
    listed: str

    def places(self) -> dict[int, Cursor]:
        """By page, where the one before it ended; what another release wrote in another shape is forgotten."""
        try:
            listed, ends = cache.get(self.key) or ("", {})
            found = {int(page): Cursor(datetime.fromisoformat(at), int(id_)) for page, (at, id_) in ends.items()}
        except (AttributeError, TypeError, ValueError):
            return {}
        return found if listed == self.listed else {}

    def remember(self, places: dict[int, Cursor | None]) -> None:
        """These, and no others any more."""
        ends = {page: (place.timestamp.isoformat(), place.id) for page, place in places.items() if place}
        cache.set(self.key, (self.listed, ends), REMEMBERED_SECONDS)


def feed_page(reader: Member, session_id: int, *, page: int, size: int) -> list[dict[str, Any]]:
    """One page of everything the reader may see, newest first; beyond the end it is empty."""
    walk = Walk(f"android:walk:{session_id}:{size}", "feed")
    return _page(feed(reader=reader.pk), lambda: Post.objects.feed_for(reader), walk, page, size)


def own_page(reader: Member, author_id: int, session_id: int, *, page: int, size: int) -> list[dict[str, Any]]:
    """One page of what the reader may see of one member."""
    # One key for all members, since a login must not fill the cache with as many as there are.
    walk = Walk(f"android:walk-of-one:{session_id}:{size}", str(author_id))
    listed = feed_of_one(reader=reader.pk, author=author_id)
    return _page(listed, lambda: Post.objects.feed_for(reader).filter(author=author_id), walk, page, size)


def _page(listed: CompiledRows, posts: Posts, walk: Walk, page: int, size: int) -> list[dict[str, Any]]:
    place = _place(walk, posts, page, size) if page else None
    if page and place is None:
        return []
    rows = listed.rows(place, size, ascending=False)
    # This page too: the app asks for a page again when its answer was lost.
    walk.remember({page: place, page + 1: Cursor(rows[-1]["created_at"], rows[-1]["id"]) if rows else place})
    return rows


def _place(walk: Walk, posts: Posts, page: int, size: int) -> Cursor | None:
    """Where the page before this one ended; None when there is nothing beyond, or it is too far to count."""
    places = walk.places()
    near = max((known for known in places if known <= page), default=0)
    place, skipped = places.get(near), (page - near) * size
    if not skipped:
        return place
    if skipped > FARTHEST_JUMP:
        return None
    values = (place.timestamp, place.id) if place else None
    below = rows_after(posts(), feed.columns, values, ascending=False, inclusive=False) if values else posts()
    last = below.values_list("created_at", "id")[skipped - 1 : skipped].first()
    return Cursor(*last) if last else None
