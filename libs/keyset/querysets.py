"""What a page is cut from: a queryset, or one of a family of querysets whose SQL is made once."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from libs.compiled_queries import Prepared
from libs.keyset.comparison import beyond
from libs.keyset.cursors import Cursor

Position = tuple[str, str]


class Listed(Protocol):
    """A list in a known order."""

    @property
    def order(self) -> tuple[str, ...]:
        """The columns it is ordered by, as `order_by` names them."""

    def rows(self, place: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """So many rows beyond the place, nearest first; without a place from the beginning of the list."""


@dataclass(frozen=True)
class Plain:
    """Any queryset; Django makes its SQL at each page."""

    queryset: QuerySet[Any, Any]
    position: Position

    @property
    def order(self) -> tuple[str, ...]:
        """The queryset's own."""
        return _order_of(self.queryset)

    def rows(self, place: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """As Listed says."""
        if place is None:
            return list(self.queryset[:count])
        values = (place.moment, place.id)
        return list(nearest(self.queryset, self.position, values, ascending, place.inclusive)[:count])


class PreparedList:
    """Decorates a function that builds an ordered `values` queryset from a shape and named values.

    Called with these it gives a list for `cut`; see libs.compiled_queries for what belongs to the shape.
    """

    def __init__(self, build: Callable[..., Any], position: Position = ("created_at", "id")) -> None:
        self.build, self.position = build, position
        self.statement = Prepared(self._page)
        self.orders: dict[Hashable, tuple[str, ...]] = {}

    def __call__(self, *shape: Hashable, **values: int) -> "PreparedRows":
        """One list of the family."""
        if shape not in self.orders:
            self.orders[shape] = _order_of(self.build(*shape, **values))
        return PreparedRows(self, shape, values)

    def _page(
        self,
        shape: Sequence[Hashable],
        count: int,
        way: tuple[bool, bool] | None,
        moment: Any = None,
        row_id: Any = None,
        **values: int,
    ) -> Any:
        queryset = self.build(*shape, **values)
        if way is not None:
            queryset = nearest(queryset, self.position, (moment, row_id), *way)
        return queryset[:count]


@dataclass(frozen=True)
class PreparedRows:
    """One list of a prepared family: a shape, and values."""

    family: PreparedList
    shape: tuple[Hashable, ...]
    values: dict[str, int]

    @property
    def order(self) -> tuple[str, ...]:
        """That of its shape."""
        return self.family.orders[self.shape]

    def rows(self, place: Cursor | None, count: int, *, ascending: bool) -> list[Any]:
        """As Listed says."""
        if place is None:
            return self.family.statement.rows(self.shape, count, None, **self.values)
        way = (ascending, place.inclusive)
        return self.family.statement.rows(self.shape, count, way, moment=place.moment, row_id=place.id, **self.values)


def nearest(
    queryset: QuerySet[Any, Any], position: Position, values: tuple[Any, Any], ascending: bool, inclusive: bool
) -> QuerySet[Any, Any]:
    """The rows beyond the values, nearest first."""
    condition = beyond(position, values, ascending=ascending, inclusive=inclusive)
    return queryset.filter(condition).order_by(*(column if ascending else f"-{column}" for column in position))


def _order_of(queryset: QuerySet[Any, Any]) -> tuple[str, ...]:
    return tuple(str(column) for column in queryset.query.order_by)
