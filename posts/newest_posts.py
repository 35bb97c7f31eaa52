"""The newest posts, rendered once for all readers and read again when the log of changes names them.

The kinds of changes are `post`, `image` and `profile` (a nickname or avatar), after which the posts that show these are
read again, and `member` (all posts of somebody may be hidden or visible now), after which all posts are.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import product
from operator import attrgetter
from typing import Any

import orjson
from django.conf import settings

from accounts.profiles.relation_cache import Relations
from libs.api.fields import parse_id
from libs.api.renderers import render_json
from libs.change_log import Position, read_changes
from libs.keyset.cursors import Cursor
from libs.redis_scripts import count_opened_connections
from posts.reader_marks import ReaderMarks
from posts.representations import compiled_newest_posts, compiled_public_posts, post_representations

# Posts that are read again by themselves; when more have changed, all are. Lists of these lengths are compiled.
CHANGE_SIZES = (1, 8, 64)
# A post is rendered for a reader who has nothing to do with it and its author; these two objects are then
# replaced. No text contains them, since its quotation marks are escaped.
_AUTHOR_VIEWER = {
    (following, followed_by): render_json({"viewer": {"following": following, "followed_by": followed_by}})[1:-1]
    for following in (False, True)
    for followed_by in (False, True)
}
_POST_VIEWER = {
    values: render_json({"viewer": dict(zip(("is_author", "hearted", "saved", "muted_author"), values, strict=True))})[
        1:
    ]
    for values in product((False, True), repeat=4)
}


@dataclass(frozen=True, slots=True)
class CachedPost:
    """A rendered post, in pieces between which the parts for the reader stand."""

    id: int
    created_at: datetime
    author: int
    images: frozenset[int]
    begin: bytes
    middle: bytes
    # As `middle` has them, by the ids of the members.
    mentions: Mapping[int, Mapping[str, Any]]

    @classmethod
    def render(cls, row: Mapping[str, Any]) -> "CachedPost":
        """Return the post of a row of `public_post_values`."""
        viewer = dict.fromkeys(("is_following", "is_followed_by", "is_author_muted"), False)
        marks = {"heart_id": None, "saved_id": None}
        (representation,) = post_representations([{**row, **viewer, **marks}], None)
        begin, _, rest = render_json(representation).partition(_AUTHOR_VIEWER[False, False])
        avatar = [row["avatar_image_id"]] if row["avatar_image_id"] else []
        images = frozenset([*(int(image["id"]) for image in representation["images"]), *avatar])
        middle = rest.removesuffix(_POST_VIEWER[False, False, False, False])
        mentions = {int(mention["id"]): mention for mention in representation["mentions"]}
        return cls(row["id"], row["created_at"], row["member_id"], images, begin, middle, mentions)

    @property
    def place(self) -> tuple[datetime, int]:
        """What posts are sorted by, the oldest first."""
        return self.created_at, self.id

    def for_reader(self, reader: int, relations: Relations, marks: ReaderMarks) -> orjson.Fragment:
        """Return the post as JSON for this reader."""
        author = self.author
        author_viewer = _AUTHOR_VIEWER[author in relations.following, author in relations.followers]
        values = (author == reader, self.id in marks.hearted, self.id in marks.saved, author in relations.muted)
        middle = self._middle_without(relations.hidden) if self.mentions else self.middle
        return orjson.Fragment(b"".join((self.begin, author_viewer, middle, _POST_VIEWER[values])))

    def _middle_without(self, hidden: frozenset[int]) -> bytes:
        """Return the middle without mentions of these members."""
        if hidden.isdisjoint(self.mentions):
            return self.middle
        visible = [mention for member, mention in self.mentions.items() if member not in hidden]
        return self.middle.replace(_render_mentions([*self.mentions.values()]), _render_mentions(visible), 1)


def _render_mentions(mentions: Sequence[Mapping[str, Any]]) -> bytes:
    return render_json({"mentions": mentions})[1:-1]


@dataclass(frozen=True)
class NewestPosts:
    """The newest posts of all, but for those that nobody sees, as they were at a position of the log."""

    position: Position
    loaded_at: float
    # How many connections to Redis there had been; see `is_old`.
    connections: int
    # The place of the oldest one when all were loaded; None if there were no others.
    oldest: tuple[datetime, int] | None
    # The oldest first.
    posts: list[CachedPost]

    @classmethod
    def load(cls, position: Position) -> "NewestPosts":
        """Read all of them from the database; the position was read before."""
        loaded_at, connections, size = time.monotonic(), count_opened_connections(), settings.FEED_CACHE_POSTS
        rows = compiled_newest_posts.rows(size)
        posts = [CachedPost.render(row) for row in reversed(rows)]
        return cls(position, loaded_at, connections, posts[0].place if len(rows) == size else None, posts)

    @cached_property
    def places(self) -> list[tuple[datetime, int]]:
        return [post.place for post in self.posts]

    @cached_property
    def by_id(self) -> dict[int, CachedPost]:
        return {post.id: post for post in self.posts}

    @property
    def is_old(self) -> bool:
        """Whether all are to be loaded again, because a change may not have been logged, or the log may have lost one.

        A Redis that was restarted with an older copy of its data, or replaced by one, goes on from there without what
        was logged since. Every connection to it is newer than these posts.
        """
        is_late = time.monotonic() > self.loaded_at + settings.FEED_CACHE_SECONDS
        return is_late or count_opened_connections() > self.connections

    def updated(self) -> "NewestPosts | None":
        """Return the posts after the changes in the log, by one statement at most; None if all are to be loaded."""
        # Reading may have opened a connection.
        if (changes := read_changes(self.position)) is None or self.is_old:
            return None
        position, names = changes
        ids = self._ids_of(names)
        size = next((size for size in CHANGE_SIZES if len(ids) <= size), None)
        if size is None or any(name.startswith("member:") for name in names):
            return None
        # Lists of few lengths, since each length is compiled and planned by itself.
        rows = compiled_public_posts.rows(posts=[*ids, *[0] * (size - len(ids))]) if ids else []
        changed = [CachedPost.render(row) for row in rows]
        kept = [post for post in self.posts if post.id not in ids]
        posts = kept + [post for post in changed if self.oldest is None or post.place >= self.oldest]
        return NewestPosts(
            position, self.loaded_at, self.connections, self.oldest, sorted(posts, key=attrgetter("place"))
        )

    def _ids_of(self, names: set[str]) -> set[int]:
        """Return the ids of the posts that show what these changes name."""
        by_kind: dict[str, set[int]] = {"post": set(), "image": set(), "profile": set()}
        for kind, _, number in (name.partition(":") for name in names):
            # Other programs may write to the same Redis.
            if kind in by_kind and (id_ := parse_id(number)):
                by_kind[kind].add(id_)
        posts, images, profiles = by_kind.values()
        held = self.posts if images or profiles else ()
        return posts.union(
            post.id
            for post in held
            if post.author in profiles or images & post.images or not profiles.isdisjoint(post.mentions)
        )

    def after(self, position: Cursor | None, *, ascending: bool) -> Iterable[CachedPost]:
        """Return the posts after the position in this direction, nearest first."""
        if position is None:
            return self.posts if ascending else reversed(self.posts)
        place, is_inclusive = (position.timestamp, position.id), position.inclusive
        if ascending:
            return self.posts[(bisect_left if is_inclusive else bisect_right)(self.places, place) :]
        return reversed(self.posts[: (bisect_right if is_inclusive else bisect_left)(self.places, place)])

    def reaches(self, position: Cursor | None) -> bool:
        """Whether all posts that are newer than the position are here."""
        if self.oldest is None:
            return True
        return position is not None and (position.timestamp, position.id) >= self.oldest
