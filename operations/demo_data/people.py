"""Who lives in the town, how much each of them writes, and how well each is known."""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from operations.demo import DEMO_MEMBER, DEMO_MODERATOR
from operations.demo_data.plan import Plan
from operations.demo_data.words import ABOUTS, ANIMALS, FOREIGN_NAMES, GIVEN_NAMES, MOODS, SURNAMES

# How steeply writing and fame fall from the first to the last of the town: 0 is alike for all, 1 is Zipf's law.
WRITING, FAME = 0.9, 0.6
# How the town grew: most of it was there before most was written.
JOINING = 0.7
# How many of a hundred show a picture of themselves.
WITH_AVATAR = 70


class Person(NamedTuple):
    """A member to be; `joined` is a moment."""

    id: int
    joined: int
    email: str
    name: str
    nickname: str
    about: str


# E-mail, name, nickname. Mina writes, Jun reads and blocks, Sora moderates; they were here first.
CAST = [
    (DEMO_MEMBER, "김미나", "Mina"),
    ("jun@heart.example", "이준", "Jun"),
    (DEMO_MODERATOR, "박소라", "Sora"),
]
MINA, JUN, SORA = range(len(CAST))
# Mina's place among the writers of the town: known, and not the one whom everybody has had enough of.
MINAS_RANK = 2


@dataclass(frozen=True)
class People:
    """Everybody in the order of joining; `writing` and `fame` are running sums of what each one weighs."""

    all: list[Person]
    ranks: list[int]
    writing: list[float]
    fame: list[float]
    with_avatar: list[int]

    def pick(self, weights: Sequence[float], chance: random.Random, among: int = 0) -> int:
        """One of the first `among` to join (or of all), by weight, as a place in `all`."""
        return bisect(weights, chance.random() * weights[among - 1])


def settle(plan: Plan) -> People:
    """The people of the planned town."""
    ranks = _ranks(plan)
    chance = plan.chance("avatars")
    with_avatar = [place for place in range(plan.members) if place < len(CAST) or chance.randrange(100) < WITH_AVATAR]
    return People(list(_people(plan)), ranks, _weights(ranks, WRITING), _weights(ranks, FAME), with_avatar)


def _people(plan: Plan) -> Iterator[Person]:
    chance, moments = plan.chance("names"), plan.moments("joining", plan.members, JOINING)
    for place, id_ in enumerate(plan.ids("members", moments)):
        called = CAST[place] if place < len(CAST) else (f"member{place + 1}@heart.example", *_names(chance))
        yield Person(id_, moments[place], *called, chance.choice(ABOUTS))


def _names(chance: random.Random) -> tuple[str, str]:
    """A name and a nickname."""
    if chance.random() < 0.15:
        name = chance.choice(FOREIGN_NAMES)
        return name, name.split()[0]
    given = chance.choice(GIVEN_NAMES)
    pseudonym = f"{chance.choice(MOODS)} {chance.choice(ANIMALS)}"
    return chance.choice(SURNAMES) + given, chance.choice([given, pseudonym, pseudonym])


def _ranks(plan: Plan) -> list[int]:
    ranks = list(range(plan.members))
    plan.chance("ranks").shuffle(ranks)
    other = ranks.index(MINAS_RANK)
    ranks[MINA], ranks[other] = ranks[other], ranks[MINA]
    return ranks


def _weights(ranks: list[int], steepness: float) -> list[float]:
    return list(accumulate((rank + 1) ** -steepness for rank in ranks))
