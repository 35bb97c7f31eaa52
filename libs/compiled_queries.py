"""Querysets whose SQL is compiled once and run with new values each time.

Django builds the SQL of a feed anew for each request, which costs more than running it. A `CompiledQuery` builds its
queryset once with placeholders in place of the values, finds them again among the parameters of the SQL, and fills in
the values at each run. The rules stay in the ORM, where everybody else reads them too.

What Python code reads or decides while the queryset is built holds for all values from then on. So the queryset must
depend on its shape and its values alone: no clock of Python's (`Now()` is the database's), no attribute of a member
(`key_only`). A query is compiled when it is defined, and one that breaks the rule raises ImproperlyConfigured then,
which stops the tests and the start of the server. A module of models, whose relations are not known while it is loaded,
defines its queries at their first use (`functools.cache`).
"""

import inspect
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn, TypeVar, cast

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError, OperationalError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.transaction import TransactionManagementError
from django.utils.dateparse import parse_date, parse_datetime
from psycopg.types.datetime import TimestamptzLoader

Row = dict[str, Any]
Values = Mapping[str, Any]
Shape = tuple[Hashable, ...]
# Gives a queryset of `values` for a shape and named values.
Build = Callable[..., Any]
# What a value may be, with an example of each. Lists of other lengths are other SQL.
EXAMPLES = {int: 0, str: "", datetime: datetime(2000, 1, 1, tzinfo=UTC), list[int]: [0, 0]}
# Placeholders are values no client ever sends, so that none is taken for a constant of the SQL.
FIRST_NUMBER = 2**62 + 4_611_686_018
FIRST_TIMESTAMP = datetime(1923, 4, 5, 6, 7, 8, 910_111, tzinfo=UTC)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the SQL: a constant, or the value at this place among those given."""

    constant: Any = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """The SQL of one shape for one database."""

    sql: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]
    locks: bool

    def run(self, values: Values, connection: BaseDatabaseWrapper) -> list[Row]:
        """Return the rows as `values` does."""
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A lock would end with the statement outside of transaction.atomic().")
        given = _flatten(values, connection)
        parameters = [each.constant if each.place is None else given[each.place] for each in self.parameters]
        try:
            rows = _fetch(self.sql, parameters, connection)
        except NotSupportedError as error:
            # A migration changed a column under a plan that this connection has kept.
            if connection.in_atomic_block:
                # This transaction has failed; the next ones on this connection plan anew.
                connection.connection.prepare_threshold = None
                raise OperationalError("The database has changed since the statement was planned.") from error
            forget_plans(connection)
            rows = _fetch(self.sql, parameters, connection)
        if self.converters:
            rows = [self._convert(row, connection) for row in rows]
        return [dict(zip(self.columns, row, strict=True)) for row in rows]

    def _convert(self, row: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
        converted = list(row)
        for column, steps, expression in self.converters:
            for step in steps:
                converted[column] = step(converted[column], expression, connection)
        return converted


class CompiledQuery:
    """Decorates a function that builds a `values` queryset from a shape and named values.

    Values are whole numbers, lists of these, texts and datetimes; what changes the SQL itself (a direction, a page
    size) belongs to the shape. The examples, pairs of a shape and values, are compiled when the query is defined;
    without any there is one, by the annotations of the function. Reads from the database that the router chooses.

    A query that locks rows is compiled, and run, within the transaction that holds the locks.
    """

    def __init__(self, build: Build, examples: Iterable[tuple[Shape, Values]] = ()) -> None:
        self.build = build
        self._statements: dict[Hashable, CompiledStatement] = {}
        for shape, values in examples or [((), example_values(build))]:
            self.model: type[Model] = build(*shape, **_placeholders(values)).model
            self._statement(router.db_for_read(self.model), shape, values)

    def rows(self, *shape: Hashable, **values: Any) -> list[Row]:
        """Return the rows of the queryset for this shape and these values."""
        alias = router.db_for_read(self.model)
        return self._statement(alias, shape, values).run(values, connections[alias])

    def instance(self, *shape: Hashable, **values: Any) -> Any:
        """Return the first row as an instance of the model, None if there is none.

        The queryset selects all columns of the model in their order, `values(*column_names(model))`.
        """
        rows = self.rows(*shape, **values)
        alias = router.db_for_read(self.model)
        return self.model.from_db(alias, list(rows[0]), list(rows[0].values())) if rows else None

    def _statement(self, alias: str, shape: Shape, values: Values) -> CompiledStatement:
        lengths = tuple((name, len(value) if isinstance(value, list) else None) for name, value in values.items())
        statement = self._statements.get((alias, shape, lengths))
        if statement is None:
            statement = self._statements[alias, shape, lengths] = self._compile_checked(
                shape, values, connections[alias]
            )
        return statement

    def _compile_checked(self, shape: Shape, values: Values, connection: BaseDatabaseWrapper) -> CompiledStatement:
        name = f"{self.build.__module__}.{self.build.__qualname__}"
        one, other = (
            _compile_queryset(self.build(*shape, **placeholders), placeholders, connection)
            for placeholders in (_placeholders(values), _placeholders(values, first=1_001))
        )
        if times := [each.constant for each in one.parameters if _is_time(each.constant)]:
            raise ImproperlyConfigured(f"{name} would keep {times} for ever: give it as a value, or use Now().")
        if (one.sql, one.parameters) != (other.sql, other.parameters):
            raise ImproperlyConfigured(f"{name} is not the same twice: it reads a clock, or computes with a value.")
        if len({each.place for each in one.parameters} - {None}) < len(_flatten(values, connection)):
            raise ImproperlyConfigured(f"{name} does not use each of {sorted(values)} as a plain parameter.")
        return one


def _refuse(*args: Any) -> NoReturn:
    raise ImproperlyConfigured(
        "A compiled query reads nothing of an instance but its key: what it finds holds for all."
    )


class _KeyOnly:
    """See `key_only`."""

    __slots__ = ("pk",)

    def __init__(self, pk: Any) -> None:
        self.pk = pk

    def __getattribute__(self, name: str) -> Any:
        if name not in ("pk", "id"):
            _refuse(name)
        return object.__getattribute__(self, "pk")

    # Python looks these up on the class, past __getattribute__.
    __bool__ = __eq__ = __hash__ = __str__ = _refuse


def key_only(model: type[M], key: Any) -> M:
    """Return a stand-in for an instance of the model, for the function of a compiled query.

    Reading or comparing anything but its key raises ImproperlyConfigured, since the SQL is compiled for all instances.
    """
    return cast(M, _KeyOnly(key))


def column_names(model: type[Model]) -> list[str]:
    """Return the names of all columns of the model, as `values` and `from_db` take them."""
    return [field.attname for field in model._meta.concrete_fields]


def example_values(build: Build, besides: Collection[str] = ()) -> Row:
    """Return an example for each parameter of the function, besides these.

    Raises ImproperlyConfigured for another annotation.
    """
    parameters = inspect.signature(build).parameters
    annotations = {name: each.annotation for name, each in parameters.items() if name not in besides}
    if unknown := [name for name, annotation in annotations.items() if annotation not in EXAMPLES]:
        raise ImproperlyConfigured(
            f"{build.__qualname__} takes int, str, list[int] or datetime; annotate {unknown} so."
        )
    return {name: EXAMPLES[annotation] for name, annotation in annotations.items()}


def forget_plans(connection: BaseDatabaseWrapper) -> None:
    """Have PostgreSQL plan anew what this connection had it plan; psycopg sees the command and forgets with it."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def preparing_cursor(connection: BaseDatabaseWrapper) -> Any:
    """Return a cursor that has PostgreSQL plan a statement once; planning our feed costs more than reading it.

    Django's own cursor writes the values into the SQL, so that the server never sees the same statement twice.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    # psycopg's own loader in C; Django's is in Python and costs more than the rest of a row.
    cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def _fetch(sql: str, parameters: Sequence[Any], connection: BaseDatabaseWrapper) -> list[Any]:
    with preparing_cursor(connection) as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _flatten(values: Values, connection: BaseDatabaseWrapper) -> list[Any]:
    """Return the values one after the other as this database takes them."""
    flat = [each for value in values.values() for each in (value if isinstance(value, list) else [value])]
    adapt = connection.ops.adapt_datetimefield_value
    return [adapt(value) if isinstance(value, datetime) else value for value in flat]


def _placeholders(values: Values, first: int = 0) -> Row:
    numbers = iter(range(first, first + 1_000))

    def placeholder(value: Any) -> Any:
        number = next(numbers)
        if isinstance(value, str):
            return f"\0{number}"
        return FIRST_TIMESTAMP + timedelta(days=number) if isinstance(value, datetime) else FIRST_NUMBER + number

    return {
        name: [placeholder(each) for each in value] if isinstance(value, list) else placeholder(value)
        for name, value in values.items()
    }


def _compile_queryset(queryset: Any, placeholders: Values, connection: BaseDatabaseWrapper) -> CompiledStatement:
    compiler = queryset.query.get_compiler(connection=connection)
    sql, constants = compiler.as_sql()
    given = _flatten(placeholders, connection)
    parameters = (Parameter(place=given.index(each)) if each in given else Parameter(each) for each in constants)
    converters = compiler.get_converters([column[0] for column in compiler.select])
    steps = tuple((column, tuple(functions), expression) for column, (functions, expression) in converters.items())
    locks = queryset.query.select_for_update
    return CompiledStatement(sql, tuple(parameters), tuple(queryset.query.selected), steps, locks)


def _is_time(constant: Any) -> bool:
    if not isinstance(constant, str):
        return isinstance(constant, date)
    # SQLite is given times as text.
    try:
        return bool(parse_datetime(constant) or parse_date(constant))
    except ValueError:
        return True
