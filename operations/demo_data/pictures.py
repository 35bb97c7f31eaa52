"""The pictures of the town: avatars, then those of its posts, numbered in this order."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from operations.demo_data.people import People
from operations.demo_data.plan import Plan, as_time
from operations.demo_data.writing import Writing

# One of so many drawings at most is an avatar; the others are of posts.
AVATARS = 4


@dataclass(frozen=True)
class Pictures:
    """Whose the pictures are, when they came, and which of them are drawn."""

    plan: Plan
    people: People
    writing: Writing

    def __len__(self) -> int:
        return len(self.people.with_avatar) + len(self.posts)

    @cached_property
    def posts(self) -> "array[int]":
        """For each picture of a post, the post's place in `writing`."""
        counts = enumerate(self.writing.pictures)
        return array("l", (place for place, count in counts for _ in range(count)))

    @cached_property
    def ids(self) -> "array[int]":
        """The id of each picture."""
        ids = array("q", self.plan.ids("avatars", (self.moment(number) for number in range(self._avatars))))
        ids.extend(self.plan.ids("pictures", (self.writing.moments[post] for post in self.posts)))
        return ids

    @property
    def _avatars(self) -> int:
        return len(self.people.with_avatar)

    def moment(self, number: int) -> int:
        """When the picture came: an avatar with its member, any other with its post."""
        if number < self._avatars:
            return self.people.all[self.people.with_avatar[number]].joined
        return self.writing.moments[self.posts[number - self._avatars]]

    def owner(self, number: int) -> int:
        """Whose it is, as a place among the people."""
        if number < self._avatars:
            return self.people.with_avatar[number]
        return self.writing.authors[self.posts[number - self._avatars]]

    def key(self, number: int) -> str:
        """Where its files go: the same for the same plan, and no other plan's."""
        name = blake2b(b"%d" % number, key=self._name, digest_size=16).hexdigest()
        came = as_time(self.moment(number))
        return f"images/{came[:4]}/{came[5:7]}/{name}"

    @cached_property
    def _name(self) -> bytes:
        return blake2b(repr(self.plan).encode()).digest()

    def drawn(self) -> list[int]:
        """Which pictures have files: of avatars those of the best writers, of others those of the newest posts."""
        ranks = [self.people.ranks[place] for place in self.people.with_avatar]
        best = sorted(range(self._avatars), key=ranks.__getitem__)[: self.plan.drawings // AVATARS]
        newest = range(max(self._avatars, len(self) - (self.plan.drawings - len(best))), len(self))
        return [*best, *newest]

    def places(self) -> Iterator[tuple[int, int, int]]:
        """For each picture of a post: the post's id, the picture's id, and its place in the post, from 0."""
        number = self._avatars
        for id_, count in zip(self.writing.ids, self.writing.pictures, strict=True):
            for position in range(count):
                yield id_, self.ids[number], position
                number += 1
