"""Whom the people of the town follow, and whom they have had enough of."""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from operations.demo_data.people import JUN, People
from operations.demo_data.plan import Plan

# Jun, the heavy reader, blocks one of so many members, unless that were more than this part of all blocks.
JUN_BLOCKS_ONE_IN, JUN_BLOCKS_AT_MOST = 25, 4
# Follows for each member, on average.
FOLLOWS_EACH = 8
# Blocks, and follows, fill at most this part of all pairs: dice find no pair where none is left.
CROWDED = 4

Pair = tuple[int, int]


class Relation(NamedTuple):
    """One person towards another, both as places among the people, since a moment."""

    since: int
    one: int
    other: int


def most_pairs(members: int) -> int:
    """How many blocks, or follows, so many members may have."""
    return members * (members - 1) // CROWDED


def blocks(plan: Plan, people: People) -> list[Relation]:
    """The town's blocks, oldest first: everybody blocks a few, the well-known are blocked most."""
    chance = plan.chance("blocks")
    by_jun = min(max(1, plan.members // JUN_BLOCKS_ONE_IN), plan.blocks // JUN_BLOCKS_AT_MOST)
    made = _pairs(by_jun, lambda: (JUN, people.pick(people.fame, chance)), set())
    made |= _pairs(plan.blocks - by_jun, lambda: _towards_fame(people, chance), made)
    return _since(plan, people, made, chance)


def follows(plan: Plan, people: People, blocks: Iterable[Relation]) -> list[Relation]:
    """The town's follows, oldest first; the well-known are followed most, and nobody follows across a block."""
    chance = plan.chance("follows")
    apart = {pair for block in blocks for pair in ((block.one, block.other), (block.other, block.one))}
    number = min(plan.members * FOLLOWS_EACH, most_pairs(plan.members))
    return _since(plan, people, _pairs(number, lambda: _towards_fame(people, chance), apart), chance)


def _towards_fame(people: People, chance: random.Random) -> Pair:
    """Somebody, rather of those who have been here for long, and one whom they have heard of."""
    return int(len(people.all) * chance.random() ** 1.5), people.pick(people.fame, chance)


def _pairs(number: int, draw: Callable[[], Pair], taken: set[Pair]) -> set[Pair]:
    """So many different pairs of two that are not taken."""
    found: set[Pair] = set()
    while len(found) < number:
        one, other = pair = draw()
        if one != other and pair not in taken:
            found.add(pair)
    return found


def _since(plan: Plan, people: People, pairs: Iterable[Pair], chance: random.Random) -> list[Relation]:
    return sorted(_begun(plan, people, sorted(pairs), chance))


def _begun(plan: Plan, people: People, pairs: Iterable[Pair], chance: random.Random) -> Iterator[Relation]:
    """Each pair since a moment at which both were here."""
    for one, other in pairs:
        earliest = max(people.all[one].joined, people.all[other].joined)
        yield Relation(earliest + int(chance.random() * (plan.now - earliest)), one, other)
