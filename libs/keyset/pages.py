"""Pages that neither repeat nor miss a row, whatever comes and goes while somebody reads."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from libs.keyset.cursors import Cursor
from libs.keyset.querysets import CompiledRows, PageSource, QuerySetSource

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """Some rows in the list's order, with the cursors of the rows after and before them.

    `next` is None at the end of the list. `previous` is there whenever the page is not the empty first one: at the
    top of the list it gives an empty page for now, and later what was added since, oldest of it first.
    """

    rows: list[Row]
    next: str | None
    previous: str | None


def paginate(
    source: QuerySet[Any, Row] | CompiledRows,
    *,
    cursor: str | None,
    size: int,
    bound_to: str,
    columns: tuple[str, str] = ("created_at", "id"),
) -> KeysetPage[Row]:
    """One page of at most `size` rows, read by one statement that never counts.

    The list is a queryset of instances or of `values`, or a prepared one. It is ordered by both columns of the
    columns, a time and a unique 64-bit number, in the same direction; an index on what it filters by and these two
    makes every page cost the same.
    `bound_to` names the list, route and filters: a cursor is good for the list and order it was made for only.
    Raises InvalidCursor, and ValueError for a queryset in another order.
    """
    paginator = _Paginator[Row](
        source if isinstance(source, CompiledRows) else QuerySetSource(source, columns), columns, bound_to
    )
    position = None if cursor is None else Cursor.decode(cursor, paginator.bound_to)
    rows = paginator.rows_after(position, size + 1)
    if not rows:
        return paginator.empty(position)
    has_more, rows = len(rows) > size, rows[:size]
    if position is not None and position.back:
        return paginator.page(rows[::-1], goes_on=True)
    return paginator.page(rows, goes_on=has_more)


class _Paginator(Generic[Row]):
    """Knows one list: its order, its columns, its name."""

    def __init__(self, source: PageSource, columns: tuple[str, str], bound_to: str) -> None:
        falling = tuple(f"-{column}" for column in columns)
        if source.order not in (columns, falling):
            raise ValueError(f"A keyset list is ordered by {columns} or {falling}, not {source.order}.")
        self.source, self.columns = source, columns
        self.is_falling = source.order == falling
        self.bound_to = "\0".join([*source.order, bound_to])

    def rows_after(self, position: Cursor | None, count: int) -> list[Row]:
        """The rows beyond the place, nearest first; without a place the list from its beginning."""
        ascending = self.is_falling == position.back if position else not self.is_falling
        return self.source.rows(position, count, ascending=ascending)

    def page(self, rows: list[Row], *, goes_on: bool) -> KeysetPage[Row]:
        following = self.position_of(rows[-1]).encode(self.bound_to) if goes_on else None
        return KeysetPage(rows, following, self.position_of(rows[0], back=True).encode(self.bound_to))

    def empty(self, position: Cursor | None) -> KeysetPage[Row]:
        """No rows beyond the place, for now: asking again and turning round both stay possible."""
        if position is None:
            return KeysetPage([], None, None)
        here, there = position.encode(self.bound_to), position.opposite().encode(self.bound_to)
        return KeysetPage([], there, here) if position.back else KeysetPage([], None, there)

    def position_of(self, row: Row, *, back: bool = False) -> Cursor:
        timestamp, id_ = (row[c] if isinstance(row, dict) else getattr(row, c) for c in self.columns)
        return Cursor(timestamp, id_, back=back)
