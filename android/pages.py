"""Pages by number, cut by keyset: where a login's last page ended is remembered, so that the next begins right there.

The app counts pages, and posts that are written meanwhile push others from one page onto the next. With the place
remembered, page 500 costs what page 0 costs, and nobody sees a post twice or misses one. The cache may forget; then the
place is counted from the top.
"""

from datetime import datetime
from typing import Any

from django.core.cache import cache

from accounts.models import Member
from android.shapes import member_values
from keyset.cursors import Cursor
from keyset.lists import PreparedList, PreparedRows
from posts.models import Post
from posts.models.post import PostQuerySet

# Somebody puts the phone away and goes on scrolling in the evening. Seconds.
REMEMBERED_SECONDS = 86_400
# A jump is counted row by row; nobody scrolls there without having been on the page before. Rows.
FARTHEST_JUMP = 10_000


def rows_of(posts: PostQuerySet) -> Any:
    """What `shapes.written` needs of these posts."""
    return posts.values("id", "created_at", "edited_at", "text", "image_count", **member_values("author__"))


@PreparedList
def _feed(reader: int) -> Any:
    return rows_of(Post.objects.feed_for(Member(pk=reader)))


@PreparedList
def _feed_of_one(reader: int, author: int) -> Any:
    return rows_of(Post.objects.feed_for(Member(pk=reader)).filter(author=author))


def feed_page(reader: Member, session_id: int, *, page: int, size: int) -> list[dict[str, Any]]:
    """One page of everything the reader may see, newest first; beyond the end it is empty."""
    posts = Post.objects.feed_for(reader)
    return _page(_feed(reader=reader.pk), posts, f"{session_id}:feed", page, size)


def own_page(reader: Member, author_id: int, session_id: int, *, page: int, size: int) -> list[dict[str, Any]]:
    """One page of what the reader may see of one member."""
    posts = Post.objects.feed_for(reader).filter(author=author_id)
    return _page(_feed_of_one(reader=reader.pk, author=author_id), posts, f"{session_id}:{author_id}", page, size)


def _page(listed: PreparedRows, posts: PostQuerySet, walk: str, page: int, size: int) -> list[dict[str, Any]]:
    key = f"android:walk:{walk}:{size}"
    place = _place(key, posts, page, size) if page else None
    if page and place is None:
        return []
    rows = listed.rows(place, size, ascending=False)
    # This page too: the app asks for a page again when its answer was lost.
    ends = {page: place, page + 1: Cursor(rows[-1]["created_at"], rows[-1]["id"]) if rows else place}
    told = [[number, end.moment.isoformat(), end.id] for number, end in ends.items() if end]
    cache.set(key, told, REMEMBERED_SECONDS)
    return rows


def _place(key: str, posts: PostQuerySet, page: int, size: int) -> Cursor | None:
    """Where the page before this one ended; None when there is nothing beyond."""
    for number, moment, post_id in cache.get(key) or ():
        if number == page:
            return Cursor(datetime.fromisoformat(moment), post_id)
    before = page * size
    if before > FARTHEST_JUMP:
        return None
    last = posts.values_list("created_at", "id")[before - 1 : before].first()
    return Cursor(*last) if last else None
