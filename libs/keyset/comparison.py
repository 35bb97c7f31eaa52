"""The one place where rows are compared by several columns at once: (created_at, id) < (a, b)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import (
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)

# By (ascending, inclusive). PostgreSQL answers these from the composite index; for SQLite Django spells out the ORs.
_LOOKUPS = {
    (True, False): TupleGreaterThan,
    (True, True): TupleGreaterThanOrEqual,
    (False, False): TupleLessThan,
    (False, True): TupleLessThanOrEqual,
}


def row_comparison(columns: Sequence[str], values: Sequence[Any], *, ascending: bool, inclusive: bool) -> Q:
    """The condition that a row lies beyond the given values, or at them when inclusive; for `filter`."""
    return Q(_LOOKUPS[ascending, inclusive](tuple(F(column) for column in columns), tuple(values)))
