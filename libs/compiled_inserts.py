"""INSERT statements that are written once for each model and run with the values of a new record each time.

Django writes the SQL of each INSERT anew, which costs as much as running it. That a key exists it learns from an error,
which takes a savepoint, and in `get_or_create` a query before it.
"""

from functools import cache
from typing import Any

from django.db import connections, router
from django.db.models import Model

from libs.compiled_queries import preparing_cursor


def insert_unless_exists(record: Model, *unique: str, using: str | None = None) -> bool:
    """Insert the record as Django saves it; return False, and insert nothing, if one with the same key exists.

    `unique` are the names of the key's fields, which need a unique constraint. No signals are sent, and an automatic id
    is not set on the record. Values may not be expressions, for which psycopg and SQLite raise errors. Raises
    IntegrityError when the record violates any other constraint.
    """
    using = using or router.db_for_write(type(record), instance=record)
    connection = connections[using]
    sql, fields = _insert_statement(type(record), unique, using)
    values = [field.get_db_prep_save(field.pre_save(record, add=True), connection) for field in fields]
    with preparing_cursor(connection) as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount)


@cache
def _insert_statement(model: type[Model], unique: tuple[str, ...], using: str) -> tuple[str, list[Any]]:
    """Return the statement, and the fields whose values it takes."""
    meta: Any = model._meta
    quote = connections[using].ops.quote_name
    fields = [field for field in meta.concrete_fields if not field.generated and field is not meta.auto_field]
    columns, key = (", ".join(quote(field.column) for field in each) for each in (fields, map(meta.get_field, unique)))
    values = ", ".join(["%s"] * len(fields))
    # Names of the model only.
    sql = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({values}) ON CONFLICT ({key}) DO NOTHING"  # noqa: S608
    return sql, fields
