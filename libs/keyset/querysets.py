"""Sources of pages: a queryset, or a list whose SQL is compiled once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from inspect import signature
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
        """The columns of its order, as in `order_by`."""

    def rows(self, position: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """Return `count` rows after the position in this direction, nearest first; without one from the beginning."""


@dataclass(frozen=True)
class QuerySetSource:
    """A queryset, whose SQL Django builds for each page."""

    queryset: QuerySet[Any, Any]
    columns: Columns
    # Names with the same values by which the queryset is sorted, where an index has them of another table.
    sorted_by: Columns | None = None

    @property
    def order(self) -> tuple[str, ...]:
        return _order_of(self.queryset, self.columns, self.sorted_by)

    def rows(self, position: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        if position is None:
            return list(self.queryset[:count])
        values = (position.timestamp, position.id)
        columns = self.sorted_by or self.columns
        return list(rows_after(self.queryset, columns, values, ascending, position.inclusive)[:count])


class CompiledList:
    """Decorates a function that builds an ordered `values` queryset from named values.

    Called with values it returns a source for `paginate`. libs.compiled_queries says what the function must not read.
    A function with a parameter `page` gets the function that cuts a page from a queryset with the same columns, for
    lists of which the database would otherwise read far more than a page.
    `sorted_by` is as in QuerySetSource.
    """

    def __init__(
        self,
        build: Callable[..., Any],
        columns: Columns = ("created_at", "id"),
        *,
        sorted_by: Columns | None = None,
    ) -> None:
        self.takes_page = "page" in signature(build).parameters
        self.build = partial(build, page=lambda queryset: queryset) if self.takes_page else build
        self.columns, self.sorted_by = columns, sorted_by
        values = example_values(build, besides=("page",))
        position = {"timestamp": EXAMPLES[datetime], "row_id": EXAMPLES[int]}
        self.order = _order_of(self.build(**values), columns, sorted_by)
        self.query = CompiledQuery(self._page, [((1, None), values), ((1, (False, False)), position | values)])

    def __call__(self, **values: int | str) -> "CompiledRows":
        return CompiledRows(self, values)

    def _page(
        self, count: int, direction: tuple[bool, bool] | None, timestamp: Any = None, row_id: Any = None, **values: Any
    ) -> Any:
        # The direction is (ascending, inclusive).
        def page(queryset: Any) -> Any:
            if direction is not None:
                queryset = rows_after(queryset, self.sorted_by or self.columns, (timestamp, row_id), *direction)
            return queryset[:count]

        return page(self.build(**values, page=page) if self.takes_page else self.build(**values))


@dataclass(frozen=True)
class CompiledRows:
    """One list of a `CompiledList`, for certain values."""

    family: CompiledList
    values: dict[str, int | str]

    @property
    def order(self) -> tuple[str, ...]:
        return self.family.order

    def rows(self, position: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        if position is None:
            return self.family.query.rows(count, None, **self.values)
        direction = (ascending, position.inclusive)
        return self.family.query.rows(count, direction, timestamp=position.timestamp, row_id=position.id, **self.values)


def rows_after(
    queryset: QuerySet[Any, Any], columns: Columns, values: tuple[Any, Any], ascending: bool, inclusive: bool
) -> QuerySet[Any, Any]:
    """Return the rows after these values of the columns in this direction, nearest first."""
    condition = row_comparison(columns, values, ascending=ascending, inclusive=inclusive)
    return queryset.filter(condition).order_by(*(column if ascending else f"-{column}" for column in columns))


def _order_of(queryset: QuerySet[Any, Any], columns: Columns, sorted_by: Columns | None) -> tuple[str, ...]:
    """Return the order of the queryset by the names of the columns."""
    names = dict(zip(sorted_by or columns, columns, strict=True))
    names |= {f"-{name}": f"-{column}" for name, column in names.items()}
    return tuple(names.get(str(name), str(name)) for name in queryset.query.order_by)
