"""What is to be known of a town before it is built."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from libs.keyset.ids import RANDOM_BITS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# How far back the town's memory goes.
AGE = timedelta(days=730)


@dataclass(frozen=True)
class Plan:
    """How large a town is to be, and which of all towns of that size; moments are milliseconds since 1970.

    At most `drawings` pictures are drawn and stored; `until` is the town's present moment.
    """

    members: int
    posts: int
    blocks: int
    drawings: int
    seed: int
    until: datetime

    @property
    def now(self) -> int:
        """The town's present moment."""
        return (self.until - EPOCH) // MILLISECOND

    def chance(self, part: str) -> random.Random:
        """Dice for one part of the town, so that a change in one part leaves the others as they were."""
        return random.Random(f"{self.seed}/{part}")  # noqa: S311 - a town that can be built again hides nothing

    def moments(self, part: str, number: int, growth: float) -> list[int]:
        """So many moments of the town's life, oldest first: with a growth above 1 most are late, below 1 early."""
        chance, age = self.chance(f"moments of {part}"), AGE // MILLISECOND
        return sorted(self.now - int(age * chance.random() ** growth) for _ in range(number))

    def ids(self, part: str, moments: Iterable[int]) -> Iterator[int]:
        """An id for each moment, as libs.keyset.ids makes them; equal moments must stand side by side."""
        chance, taken, last = self.chance(f"ids of {part}"), set[int](), -1
        for moment in moments:
            if moment != last:
                taken, last = set(), moment
            while (low := chance.getrandbits(RANDOM_BITS)) in taken:
                pass
            taken.add(low)
            yield moment << RANDOM_BITS | low


def as_time(moment: int) -> str:
    """A moment as databases read it; COPY takes text in a fifth of the time that it takes for datetimes."""
    return str(EPOCH + moment * MILLISECOND)
