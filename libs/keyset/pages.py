"""Pages that neither repeat nor miss a row, whatever comes and goes while somebody reads."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from libs.keyset.cursors import Cursor
from libs.keyset.querysets import Listed, Plain, PreparedRows

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows in the list's order, with the cursors of the rows after and before them.

    `next` is None at the end of the list. `previous` is there whenever the page is not the empty first one: at the
    top of the list it gives an empty page for now, and later what was added since, oldest of it first.
    """

    rows: list[Row]
    next: str | None
    previous: str | None


def cut(
    listed: QuerySet[Any, Row] | PreparedRows,
    *,
    cursor: str | None,
    size: int,
    bound_to: str,
    position: tuple[str, str] = ("created_at", "id"),
) -> Page[Row]:
    """One page of at most `size` rows, read by one statement that never counts.

    The list is a queryset of instances or of `values`, or a prepared one. It is ordered by both columns of the
    position, a time and a unique 64-bit number, in the same direction; an index on what it filters by and these two
    makes every page cost the same.
    `bound_to` names the list, route and filters: a cursor is good for the list and order it was made for only.
    Raises InvalidCursor, and ValueError for a queryset in another order.
    """
    cutter = _Cutter[Row](listed if isinstance(listed, PreparedRows) else Plain(listed, position), position, bound_to)
    place = None if cursor is None else Cursor.read(cursor, cutter.bound_to)
    rows = cutter.beyond(place, size + 1)
    if not rows:
        return cutter.empty(place)
    has_more, rows = len(rows) > size, rows[:size]
    if place is not None and place.back:
        return cutter.page(rows[::-1], goes_on=True)
    return cutter.page(rows, goes_on=has_more)


class _Cutter(Generic[Row]):
    """Knows one list: its order, its columns, its name."""

    def __init__(self, listed: Listed, position: tuple[str, str], bound_to: str) -> None:
        falling = tuple(f"-{column}" for column in position)
        if listed.order not in (position, falling):
            raise ValueError(f"A keyset list is ordered by {position} or {falling}, not {listed.order}.")
        self.listed, self.position = listed, position
        self.is_falling = listed.order == falling
        self.bound_to = "\0".join([*listed.order, bound_to])

    def beyond(self, place: Cursor | None, count: int) -> list[Row]:
        """The rows beyond the place, nearest first; without a place the list from its beginning."""
        ascending = self.is_falling == place.back if place else not self.is_falling
        return self.listed.rows(place, count, ascending=ascending)

    def page(self, rows: list[Row], *, goes_on: bool) -> Page[Row]:
        following = self.place_of(rows[-1]).written(self.bound_to) if goes_on else None
        return Page(rows, following, self.place_of(rows[0], back=True).written(self.bound_to))

    def empty(self, place: Cursor | None) -> Page[Row]:
        """No rows beyond the place, for now: asking again and turning round both stay possible."""
        if place is None:
            return Page([], None, None)
        here, there = place.written(self.bound_to), place.opposite().written(self.bound_to)
        return Page([], there, here) if place.back else Page([], None, there)

    def place_of(self, row: Row, *, back: bool = False) -> Cursor:
        moment, id_ = (row[c] if isinstance(row, dict) else getattr(row, c) for c in self.position)
        return Cursor(moment, id_, back=back)
