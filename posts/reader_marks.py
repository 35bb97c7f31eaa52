"""Cache of the posts that a member has given a heart and has saved, for the pages of the feed.

Only the newest hearts and saved posts are cached. They decide about every post that was published after the oldest of
them, since nobody gives a heart to a post before it is published.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from libs.marked_cache import MarkedCache

# Hearts, and saved posts, that are cached for one member, at 20 bytes each.
MAX_MARKS = 200
_cache = MarkedCache("marks")


class ReaderMarks(NamedTuple):
    """The ids of posts with a heart of a reader and of those they saved, complete for posts after a time."""

    hearted: frozenset[int]
    saved: frozenset[int]
    # None if these are all.
    since: datetime | None

    def decide(self, published: datetime) -> bool:
        """Whether these tell about a post that was published then."""
        return self.since is None or published > self.since


def marks_key(member_id: int) -> str:
    """Return the key that Redis has for a member's marks."""
    return _cache.redis_key(member_id)


def parse_marks(value: bytes | None) -> ReaderMarks | int | None:
    """Return the marks that are cached; CHANGED, or None for anything else."""
    content = _cache.parse(value)
    if not isinstance(content, list):
        return content
    try:
        hearted, saved, since = content
        return ReaderMarks(frozenset(hearted), frozenset(saved), since and datetime.fromisoformat(since))
    except (ValueError, TypeError):
        return None


def marks_of_rows(hearts: str | None, saved: str | None) -> ReaderMarks:
    """Return the marks of two columns of JSONRows with the id of the post and the time of the mark."""
    columns = [orjson.loads(text) if text else [] for text in (hearts, saved)]
    # Where there are as many as were asked for, there may be older ones.
    oldest = [min(_parse_time(time) for _, time in rows) for rows in columns if len(rows) >= MAX_MARKS]
    hearted_ids, saved_ids = (frozenset(post for post, _ in rows) for rows in columns)
    return ReaderMarks(hearted_ids, saved_ids, max(oldest, default=None))


def store_marks(member_id: int, marks: ReaderMarks, name_key: str, name: bytes) -> None:
    """Cache marks that were read while this key of Redis had this value, unless they have changed meanwhile."""
    content: list[Any] = [[*marks.hearted], [*marks.saved], marks.since and marks.since.isoformat()]
    _cache.store(member_id, content, name_key, name)


def invalidate_marks(member_ids: Sequence[int]) -> None:
    """Have all processes read the marks of these members from the database, after the commit."""
    _cache.invalidate(member_ids)


def _parse_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    # SQLite has times without an offset, in UTC.
    return time if time.tzinfo else time.replace(tzinfo=UTC)
