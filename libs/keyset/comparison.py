"""Row comparison by several columns: (created_at, id) < (a, b)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import (
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)

# By (ascending, inclusive). PostgreSQL serves these from the composite index; for SQLite Django writes them as ORs.
_LOOKUPS = {
    (True, False): TupleGreaterThan,
    (True, True): TupleGreaterThanOrEqual,
    (False, False): TupleLessThan,
    (False, True): TupleLessThanOrEqual,
}


def row_comparison(columns: Sequence[str], values: Sequence[Any], *, ascending: bool, inclusive: bool) -> Q:
    """Return the condition that a row comes after the values in this direction, or is equal when inclusive."""
    return Q(_LOOKUPS[ascending, inclusive](tuple(F(column) for column in columns), tuple(values)))
