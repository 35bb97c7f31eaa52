"""A family of querysets that differ in values only, compiled once for each shape.

Django builds the SQL of a feed anew for each request, which costs more than running it. Here the queryset is built
once with placeholders in the place of values; the placeholders are found again among the parameters, and each later
run only fills them in. The rules stay in the ORM, where everybody else reads them too.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Row = dict[str, Any]
# Gives a queryset of `values`.
Build = Callable[..., Any]
# Values no client ever sends, so that a placeholder is not taken for a constant of the statement.
FIRST_NUMBER = 2**62 + 4_611_686_018
FIRST_TIMESTAMP = datetime(1923, 4, 5, 6, 7, 8, 910_111, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A place among the parameters: a constant, or the name of a value and how this database writes it."""

    constant: Any = None
    name: str = ""
    is_timestamp: bool = False

    def value_in(self, values: Mapping[str, Any], connection: BaseDatabaseWrapper) -> Any:
        """What the database gets."""
        if not self.name:
            return self.constant
        value = values[self.name]
        return connection.ops.adapt_datetimefield_value(value) if self.is_timestamp else value


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """One shape, ready to run."""

    sql: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]

    def run(self, values: Mapping[str, Any], connection: BaseDatabaseWrapper) -> list[Row]:
        """The rows, as `values` gives them."""
        parameters = [parameter.value_in(values, connection) for parameter in self.parameters]
        try:
            rows = _fetched(self.sql, parameters, connection)
        except NotSupportedError:
            # A migration changed a column under a plan that this connection has kept.
            if connection.in_atomic_block:
                raise
            forget_plans(connection)
            rows = _fetched(self.sql, parameters, connection)
        if self.converters:
            rows = [self._converted(row, connection) for row in rows]
        return [dict(zip(self.columns, row, strict=True)) for row in rows]

    def _converted(self, row: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
        converted = list(row)
        for position, steps, expression in self.converters:
            for step in steps:
                converted[position] = step(converted[position], expression, connection)
        return converted


class CompiledQuery:
    """Decorates a function that builds a `values` queryset from a shape and named values.

    Values are whole numbers or moments; what changes the SQL itself (a direction, a page size) belongs to the shape.
    """

    def __init__(self, build: Build) -> None:
        self.build = build
        self._compiled: dict[Hashable, CompiledStatement] = {}

    def rows(self, *shape: Hashable, **values: Any) -> list[Row]:
        """The rows of the queryset for this shape and these values; on the default database."""
        connection = connections["default"]
        key = (connection.vendor, shape, *values)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = self._compile(shape, values, connection)
        return compiled.run(values, connection)

    def _compile(self, shape: Sequence[Hashable], values: Row, connection: BaseDatabaseWrapper) -> CompiledStatement:
        placeholders = {name: _placeholder(place, value) for place, (name, value) in enumerate(values.items())}
        query = self.build(*shape, **placeholders).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        parameters = tuple(_parameter(parameter, placeholders, connection) for parameter in parameters)
        if missing := placeholders.keys() - {parameter.name for parameter in parameters}:
            raise ImproperlyConfigured(f"{self.build.__qualname__} does not use {sorted(missing)} as plain parameters.")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        steps = tuple((place, tuple(convs), expression) for place, (convs, expression) in converters.items())
        return CompiledStatement(sql, parameters, tuple(query.selected), steps)


def _fetched(sql: str, parameters: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
    with preparing_cursor(connection) as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def forget_plans(connection: BaseDatabaseWrapper) -> None:
    """Have PostgreSQL plan anew what this connection had it plan; psycopg sees the command and forgets with it."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def preparing_cursor(connection: BaseDatabaseWrapper) -> Any:
    """A cursor that has PostgreSQL plan a statement once; planning our feed costs more than reading it.

    Django's own cursor writes the values into the SQL, so that the server never sees the same statement twice.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def _placeholder(place: int, value: Any) -> Any:
    return FIRST_TIMESTAMP + timedelta(days=place) if isinstance(value, datetime) else FIRST_NUMBER + place


def _parameter(parameter: Any, placeholders: Row, connection: BaseDatabaseWrapper) -> Parameter:
    for name, placeholder in placeholders.items():
        is_timestamp = isinstance(placeholder, datetime)
        written = connection.ops.adapt_datetimefield_value(placeholder) if is_timestamp else placeholder
        if parameter == written:
            return Parameter(name=name, is_timestamp=is_timestamp)
    return Parameter(constant=parameter)
