"""Generates demo data in memory; members and posts are numbered from the oldest, times are milliseconds since 1970."""

import random
from bisect import bisect
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate

EPOCH, MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
HISTORY = timedelta(days=730) // MILLISECOND  # from the oldest to the newest row
# Below 1, most rows are old; above 1, most are recent.
JOINED_EXPONENT, POSTED_EXPONENT = 0.7, 2.0
# How unequal members are as authors, and as those who are followed and blocked: 0 is equal, 1 is Zipf's law.
ACTIVITY_EXPONENT, POPULARITY_EXPONENT = 0.9, 0.6
# How unequal posts are in hearts: 1 is equal.
HEARTS_EXPONENT = 3.0
# The first members. Mina is the third most active of all, Jun blocks one member in 25, Sora moderates.
MINA, JUN, SORA = range(3)
MINA_RANK, JUN_BLOCKS_ONE_IN, FOLLOWS_PER_MEMBER = 2, 25, 8
IMAGE_COUNT_WEIGHTS = [36, 28, 14, 9, 6, 3, 2, 1, 0, 0, 1]  # of 0, 1, 2, ... images in a post

Relation = tuple[int, int, int]  # since when, from which member, to which member


@dataclass(frozen=True)
class DemoData:
    """Generated rows, determined by the fields: `images` is how many images get files, `until` the newest time."""

    members: int = 24
    posts: int = 120
    blocks: int = 12
    images: int = 250
    reports: int = 24
    open_reports: int = 20
    hearts: int = 240
    comments: int = 160
    seed: int = 1
    until: datetime = field(default_factory=lambda: datetime.now(UTC))

    def random(self, part: str) -> random.Random:
        """Return a generator for one part of the data, so that a change in one part leaves the others as they are."""
        return random.Random(f"{self.seed}/{part}")  # noqa: S311 - demo data is meant to be predictable

    @cached_property
    def end(self) -> int:
        return (self.until - EPOCH) // MILLISECOND

    def times(self, part: str, number: int, exponent: float) -> list[int]:
        rng = self.random(part)
        return sorted(self.end - int(HISTORY * rng.random() ** exponent) for _ in range(number))

    @cached_property
    def joined(self) -> list[int]:
        return self.times("joined", self.members, JOINED_EXPONENT)

    @cached_property
    def ranks(self) -> list[int]:
        """The rank of each member by activity and popularity, from 0."""
        others = [rank for rank in range(self.members) if rank != MINA_RANK]
        self.random("ranks").shuffle(others)
        return [MINA_RANK, *others]

    def cumulative_weights(self, exponent: float) -> list[float]:
        """The running total of the members' weights, which fall with their rank (Zipf's law)."""
        return [*accumulate((rank + 1) ** -exponent for rank in self.ranks)]

    @cached_property
    def posted(self) -> list[int]:
        """When posts were written: a tenth at the time of the one before, one in 200 at one and the same time."""
        rng, burst, start = self.random("ties"), self.posts // 200, self.posts // 2
        times = [max(time, self.joined[0]) for time in self.times("posted", self.posts, POSTED_EXPONENT)]
        for index in range(1, self.posts):
            if rng.random() < 0.1:
                times[index] = times[index - 1]
        times[start : start + burst] = times[start : start + 1] * burst
        return times

    @cached_property
    def authors(self) -> list[int]:
        """The author of each post, one of the members who had joined."""
        rng, totals = self.random("authors"), self.cumulative_weights(ACTIVITY_EXPONENT)
        return [_pick(rng, totals, among=bisect(self.joined, time)) for time in self.posted]

    @cached_property
    def image_counts(self) -> list[int]:
        return self.random("image counts").choices(range(11), IMAGE_COUNT_WEIGHTS, k=self.posts)

    @cached_property
    def avatars(self) -> list[int]:
        """The 70 % of members with an avatar, most active first; the avatars are the first images."""
        rng = self.random("avatars")
        members = [member for member in range(self.members) if rng.random() < 0.7 or member <= SORA]
        return sorted(members, key=self.ranks.__getitem__)

    @cached_property
    def post_images(self) -> list[int]:
        """The post of each image that is not an avatar."""
        return [post for post, count in enumerate(self.image_counts) for _ in range(count)]

    @cached_property
    def image_times(self) -> list[int]:
        return [*(self.joined[member] for member in self.avatars), *(self.posted[post] for post in self.post_images)]

    @cached_property
    def images_with_files(self) -> set[int]:
        """The avatars of the most active members (at most a quarter) and the images of the newest posts."""
        avatars, total = len(self.avatars), len(self.image_times)
        first = min(avatars, self.images // 4)
        return {*range(first), *range(max(avatars, total - self.images + first), total)}

    def image_keys(self) -> Iterator[str]:
        """Generate storage keys that no other data has, so that a failed load removes no files but its own."""
        rng = self.random(str(self))
        for time in self.image_times:
            yield f"images/{to_text(time)[:7].replace('-', '/')}/{rng.getrandbits(128):032x}"

    @property
    def max_relations(self) -> int:
        """How many blocks or follows there may be: a quarter of all pairs, so that random draws find free ones."""
        return self.members * (self.members - 1) // 4

    @cached_property
    def block_relations(self) -> list[Relation]:
        by_jun = min(max(1, self.members // JUN_BLOCKS_ONE_IN), self.blocks // 4)
        return self._relations("blocks", self.blocks, by_jun=by_jun)

    @cached_property
    def blocked_pairs(self) -> set[tuple[int, int]]:
        """The members of each block, in both orders."""
        return {pair for _, one, other in self.block_relations for pair in ((one, other), (other, one))}

    @cached_property
    def follow_relations(self) -> list[Relation]:
        number = min(self.members * FOLLOWS_PER_MEMBER, self.max_relations)
        return self._relations("follows", number, excluded=self.blocked_pairs)

    @cached_property
    def heart_relations(self) -> list[Relation]:
        """Hearts: when, by which member, and for which post; most are for few posts, the newest above all.

        One for each eighth pair of a member and a post at most, so that random draws find free ones.
        """
        number = min(self.hearts, self.members * self.posts // 8)
        rng, given = self.random("hearts"), set[int]()
        hearts: list[Relation] = []
        while len(hearts) < number:
            member = int(self.members * rng.random() ** 1.5)
            post = self.posts - 1 - int(self.posts * rng.random() ** HEARTS_EXPONENT)
            pair = member * self.posts + post
            if pair not in given and (member, self.authors[post]) not in self.blocked_pairs:
                given.add(pair)
                start = max(self.joined[member], self.posted[post])
                hearts.append((start + int(rng.random() * (self.end - start)), member, post))
        return sorted(hearts)

    def _relations(self, part: str, number: int, by_jun: int = 0, excluded: Container[object] = ()) -> list[Relation]:
        """Draw this many pairs of members, more from those who joined early, with times at which both had joined."""
        rng, totals = self.random(part), self.cumulative_weights(POPULARITY_EXPONENT)
        since: dict[tuple[int, int], int] = {}
        while len(since) < number:
            source = JUN if len(since) < by_jun else int(self.members * rng.random() ** 1.5)
            target = _pick(rng, totals, among=self.members)
            if source != target and (pair := (source, target)) not in since and pair not in excluded:
                start = max(self.joined[source], self.joined[target])
                since[pair] = start + int(rng.random() * (self.end - start))
        return sorted((time, *pair) for pair, time in since.items())


def _pick(rng: random.Random, totals: list[float], among: int) -> int:
    """Return one of the first `among` members at random, by the cumulative weights in `totals`."""
    return bisect(totals, rng.random() * totals[among - 1])


def to_text(time: int) -> str:
    """Return the time as databases read it; COPY writes text five times faster than datetimes."""
    return str(EPOCH + time * MILLISECOND)
