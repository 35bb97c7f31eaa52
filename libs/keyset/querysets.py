"""What a page is cut from: a queryset, or one of a family of querysets whose SQL is made once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet

from libs.compiled_queries import EXAMPLES, CompiledQuery, example_values
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
    """Decorates a function that builds an ordered `values` queryset from named whole numbers.

    Called with these it gives a source for `paginate`. libs.compiled_queries says what the function must not read.
    """

    def __init__(self, build: Callable[..., Any], columns: Columns = ("created_at", "id")) -> None:
        self.build, self.columns = build, columns
        values = example_values(build)
        position = {"timestamp": EXAMPLES[datetime], "row_id": EXAMPLES[int]}
        self.order = _order_of(build(**values))
        self.query = CompiledQuery(self._page, [((1, None), values), ((1, (False, False)), position | values)])

    def __call__(self, **values: int) -> "CompiledRows":
        """Return one of the lists."""
        return CompiledRows(self, values)

    def _page(
        self, count: int, way: tuple[bool, bool] | None, timestamp: Any = None, row_id: Any = None, **values: int
    ) -> Any:
        queryset = self.build(**values)
        if way is not None:
            queryset = rows_after(queryset, self.columns, (timestamp, row_id), *way)
        return queryset[:count]


@dataclass(frozen=True)
class CompiledRows:
    """One list of a `CompiledList`, by its values."""

    family: CompiledList
    values: dict[str, int]

    @property
    def order(self) -> tuple[str, ...]:
        """The same for all lists of the family."""
        return self.family.order

    def rows(self, position: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """As PageSource says."""
        if position is None:
            return self.family.query.rows(count, None, **self.values)
        way = (ascending, position.inclusive)
        return self.family.query.rows(count, way, timestamp=position.timestamp, row_id=position.id, **self.values)


def rows_after(
    queryset: QuerySet[Any, Any], columns: Columns, values: tuple[Any, Any], ascending: bool, inclusive: bool
) -> QuerySet[Any, Any]:
    """The rows beyond the values, nearest first."""
    condition = row_comparison(columns, values, ascending=ascending, inclusive=inclusive)
    return queryset.filter(condition).order_by(*(column if ascending else f"-{column}" for column in columns))


def _order_of(queryset: QuerySet[Any, Any]) -> tuple[str, ...]:
    return tuple(str(column) for column in queryset.query.order_by)
