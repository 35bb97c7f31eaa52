"""Who wrote when in the town, and with how many pictures."""

from array import array
from bisect import bisect, bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from operations.demo_data.people import People
from operations.demo_data.plan import EPOCH, MILLISECOND, Plan
from operations.progress_bar import ProgressBar

# How the talk grew, see Plan.moments.
GROWTH = 2.0
# How many of a hundred posts are of the same moment as the one before.
TIED = 10
# One post of so many is written as the year turns, all at the same moment.
NEW_YEARS = 200
# Pictures in a post, each number as often as it stands here: 1.5 on average.
PICTURES = bytes([0] * 36 + [1] * 28 + [2] * 14 + [3] * 9 + [4] * 6 + [5] * 3 + [6] * 2 + [7, 10])


@dataclass(frozen=True)
class Writing:
    """The town's posts, oldest first, in columns, for there may be a million of them.

    Authors are places among the people; `pictures` counts the pictures of each post.
    """

    moments: list[int]
    ids: "array[int]"
    authors: "array[int]"
    pictures: bytes


def write(plan: Plan, people: People, progress: ProgressBar) -> Writing:
    """The posts of the planned town, without their texts."""
    chance, moments = plan.chance("pictures of posts"), _moments(plan, people)
    return Writing(
        moments=moments,
        ids=array("q", plan.ids("posts", moments)),
        authors=array("l", progress.track(_authors(plan, people, moments), "plans of posts", plan.posts)),
        pictures=bytes(PICTURES[int(chance.random() * len(PICTURES))] for _ in moments),
    )


def _moments(plan: Plan, people: People) -> list[int]:
    """When the posts are written: some at the same moment, and none before there is anybody to write."""
    chance, first = plan.chance("ties"), people.all[0].joined
    moments = [max(first, moment) for moment in plan.moments("posts", plan.posts, GROWTH)]
    for place in range(1, len(moments)):
        if chance.random() * 100 < TIED:
            moments[place] = moments[place - 1]
    midnight = (datetime(plan.until.year, 1, 1, tzinfo=UTC) - EPOCH) // MILLISECOND
    begin = bisect_left(moments, midnight)
    end = min(len(moments), begin + plan.posts // NEW_YEARS)
    moments[begin:end] = [midnight] * (end - begin)
    return moments


def _authors(plan: Plan, people: People, moments: list[int]) -> Iterator[int]:
    """For each post, one of those who had joined by then."""
    chance, joined = plan.chance("authors"), [person.joined for person in people.all]
    for moment in moments:
        yield people.pick(people.writing, chance, among=bisect(joined, moment))
