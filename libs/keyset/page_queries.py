"""Keyset pages, which neither repeat nor miss a row while rows are added and deleted."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from libs.keyset.cursors import Cursor
from libs.keyset.querysets import PageSource, QuerySetSource

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """Rows in the order of the list, with the cursors of the pages after and before them.

    `next` is None at the end of the list. `previous` is None for an empty first page only: at the top of the list it
    gives an empty page, and later the rows that were added since, the oldest of them first.
    """

    rows: list[Row]
    next: str | None
    previous: str | None


def paginate(
    source: QuerySet[Any, Row] | PageSource,
    *,
    cursor: str | None,
    size: int,
    bound_to: str,
    columns: tuple[str, str] = ("created_at", "id"),
) -> KeysetPage[Row]:
    """Return a page of at most `size` rows, read by one statement that does not count.

    The source is a queryset of instances or of `values`, or a list such as a compiled one. It is ordered by both
    columns, a time and a unique 64-bit number, in the same direction; with an index on its filters and these two every
    page costs the same.
    A cursor is valid for the same order and `bound_to` only, which names the list by its path and filters.
    Raises InvalidCursor, and ValueError for a source in another order.
    """
    rows_source = QuerySetSource(source, columns) if isinstance(source, QuerySet) else source
    paginator = _Paginator[Row](rows_source, columns, bound_to)
    position = None if cursor is None else Cursor.decode(cursor, paginator.bound_to)
    rows = paginator.rows_after(position, size + 1)
    if not rows:
        return paginator.empty_page(position)
    has_more, rows = len(rows) > size, rows[:size]
    if position is not None and position.back:
        return paginator.page(rows[::-1], has_next=True)
    return paginator.page(rows, has_next=has_more)


class _Paginator(Generic[Row]):
    """Reads the rows of one source and encodes the cursors of its pages."""

    def __init__(self, source: PageSource, columns: tuple[str, str], bound_to: str) -> None:
        descending = tuple(f"-{column}" for column in columns)
        if source.order not in (columns, descending):
            raise ValueError(f"A keyset list is ordered by {columns} or {descending}, not {source.order}.")
        self.source, self.columns = source, columns
        self.is_descending = source.order == descending
        self.bound_to = "\0".join([*source.order, bound_to])

    def rows_after(self, position: Cursor | None, count: int) -> list[Row]:
        """Return the rows after the position in its direction, nearest first; without one from the beginning."""
        ascending = self.is_descending == position.back if position else not self.is_descending
        return self.source.rows(position, count, ascending=ascending)

    def page(self, rows: list[Row], *, has_next: bool) -> KeysetPage[Row]:
        following = self.position_of(rows[-1]).encode(self.bound_to) if has_next else None
        return KeysetPage(rows, following, self.position_of(rows[0], back=True).encode(self.bound_to))

    def empty_page(self, position: Cursor | None) -> KeysetPage[Row]:
        """Return a page without rows, from which a client can ask again in both directions."""
        if position is None:
            return KeysetPage([], None, None)
        same, opposite = position.encode(self.bound_to), position.opposite().encode(self.bound_to)
        return KeysetPage([], opposite, same) if position.back else KeysetPage([], None, opposite)

    def position_of(self, row: Row, *, back: bool = False) -> Cursor:
        timestamp, id_ = (row[c] if isinstance(row, dict) else getattr(row, c) for c in self.columns)
        return Cursor(timestamp, id_, back=back)
