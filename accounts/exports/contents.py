"""What a member gets who asks for everything that is theirs (GDPR articles 15 and 20): a list of steps.

Each step becomes one JSON file of the zip. Rooms above register what they hold of a member, as for their erasure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from django.db import models

from accounts.models import Member

Row = Mapping[str, Any]
# One object, or rows that are written as they come, so that a long list never stands in memory.
Told = Row | Iterable[Row]
M = TypeVar("M", bound=models.Model)
CHUNK = 500


class Step(NamedTuple):
    """One JSON file: its place, its name without the ending, and what fills it."""

    order: int
    name: str
    tell: Callable[[Member], Told]


_steps: list[Step] = []


def register(order: int, name: str, tell: Callable[[Member], Told]) -> None:
    """Have `<name>.json` in each export, filled with what `tell` says of the member; lower orders first."""
    _steps.append(Step(order, name, tell))
    _steps.sort()


def steps() -> list[Step]:
    """All of them, in their order."""
    return list(_steps)


def image_path(image_id: int) -> str:
    """Where in the zip a picture lies, for steps that refer to one."""
    return f"pictures/{image_id}.jpg"


def iterate_by_id(rows: "models.QuerySet[M]") -> Iterator[M]:
    """Every row in the order of the ids, few in memory at a time."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk
