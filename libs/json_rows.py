"""Rows of a related table in one column of a statement, where a second statement would cost as much again."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db.models import Aggregate, TextField


class JSONRows(Aggregate):
    """The rows of a group as text: a JSON array that holds an array of the expressions' values for each row.

    In no order, since not every SQLite can order within an aggregate: what reads them sorts by the first expression,
    which must be unique in the group. JSONArray of Django casts each value, and Python's json would parse its result.
    """

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="json_agg(json_build_array(%(expressions)s))::text")

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="json_group_array(json_array(%(expressions)s))")


def parse_values(text: str | None) -> list[list[Any]]:
    """Return the rows of a JSONRows as lists of their values, sorted; none for null."""
    return sorted(orjson.loads(text)) if text else []


def parse_rows(text: str | None, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a JSONRows as dictionaries with these names, sorted; none for null."""
    return [dict(zip(names, row, strict=True)) for row in parse_values(text)]
