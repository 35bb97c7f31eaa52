"""What a page is cut from: a queryset, or one of a family of querysets whose SQL is made once."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from libs.compiled_queries import CompiledQuery
from libs.keyset.comparison import row_comparison
from libs.keyset.cursors import Cursor

Columns = tuple[str, str]


class PageSource(Protocol):
    """A list in a known order."""

    @property
    def order(self) -> tuple[str, ...]:
        """The columns it is ordered by, as `order_by` names them."""

    def rows(self, position: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """So many rows beyond the place, nearest first; without a place from the beginning of the list."""


@dataclass(frozen=True)
class QuerySetSource:
    """Any queryset; Django makes its SQL at each page."""

    queryset: QuerySet[Any, Any]
    columns: Columns

    @property
    def order(self) -> tuple[str, ...]:
        """The queryset's own."""
        return _order_of(self.queryset)

    def rows(self, position: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """As PageSource says."""
        if position is None:
            return list(self.queryset[:count])
        values = (position.timestamp, position.id)
        return list(rows_after(self.queryset, self.columns, values, ascending, position.inclusive)[:count])


class CompiledList:
    """Decorates a function that builds an ordered `values` queryset from a shape and named values.

    Called with these it gives a list for `cut`; see libs.compiled_queries for what belongs to the shape.
    """

    def __init__(self, build: Callable[..., Any], columns: Columns = ("created_at", "id")) -> None:
        self.build, self.columns = build, columns
        self.statement = CompiledQuery(self._page)
        self.orders: dict[Hashable, tuple[str, ...]] = {}

    def __call__(self, *shape: Hashable, **values: int) -> "CompiledRows":
        """One list of the family."""
        if shape not in self.orders:
            self.orders[shape] = _order_of(self.build(*shape, **values))
        return CompiledRows(self, shape, values)

    def _page(
        self,
        shape: Sequence[Hashable],
        count: int,
        way: tuple[bool, bool] | None,
        timestamp: Any = None,
        row_id: Any = None,
        **values: int,
    ) -> Any:
        queryset = self.build(*shape, **values)
        if way is not None:
            queryset = rows_after(queryset, self.columns, (timestamp, row_id), *way)
        return queryset[:count]


@dataclass(frozen=True)
class CompiledRows:
    """One list of a prepared family: a shape, and values."""

    family: CompiledList
    shape: tuple[Hashable, ...]
    values: dict[str, int]

    @property
    def order(self) -> tuple[str, ...]:
        """That of its shape."""
        return self.family.orders[self.shape]

    def rows(self, position: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """As PageSource says."""
        if position is None:
            return self.family.statement.rows(self.shape, count, None, **self.values)
        way = (ascending, position.inclusive)
        return self.family.statement.rows(
            self.shape, count, way, timestamp=position.timestamp, row_id=position.id, **self.values
        )


def rows_after(
    queryset: QuerySet[Any, Any], columns: Columns, values: tuple[Any, Any], ascending: bool, inclusive: bool
) -> QuerySet[Any, Any]:
    """The rows beyond the values, nearest first."""
    condition = row_comparison(columns, values, ascending=ascending, inclusive=inclusive)
    return queryset.filter(condition).order_by(*(column if ascending else f"-{column}" for column in columns))


def _order_of(queryset: QuerySet[Any, Any]) -> tuple[str, ...]:
    return tuple(str(column) for column in queryset.query.order_by)
