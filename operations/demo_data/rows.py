"""Bringing rows into the database by the hundred thousand, and leaving it ready to be read."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

from operations.progress_bar import ProgressBar

# Rows in one statement: enough to be quick, few enough for memory.
BATCH = 20_000

Fields = Sequence["models.Field[Any, Any]"]


def put(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows with values for these fields, the others get their default; neither `save` nor signals are heard.

    PostgreSQL takes them by COPY, which costs a fraction of INSERT.
    """
    known = {field.name: field for field in model._meta.local_fields if not isinstance(field, models.AutoField)}
    fields = [known.pop(column) for column in columns] + list(known.values())
    rest = tuple(field.get_default() for field in known.values())
    insert, rows = _copy if connection.vendor == "postgresql" else _insert, iter(rows)
    while batch := [row + rest for row in islice(rows, BATCH)]:
        insert(model, fields, batch)


def be_patient() -> None:
    """For the rest of this transaction statements may take their time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


def tidy(tables: Sequence[type[models.Model]], progress: ProgressBar) -> None:
    """Have the database count what it holds, or it would plan for empty tables; outside of any transaction."""
    tidied = progress.track(tables, "statistics", len(tables))
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("ANALYZE")
            return
        cursor.execute("SET statement_timeout = 0")
        for model in tidied:
            cursor.execute(f"VACUUM (ANALYZE) {_quoted(model._meta.db_table)}")
        cursor.execute("RESET statement_timeout")


def _copy(model: type[models.Model], fields: Fields, batch: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {_into(model, fields)} FROM STDIN") as copy:
        for row in batch:
            copy.write_row(row)


def _insert(model: type[models.Model], fields: Fields, batch: Iterable[tuple[Any, ...]]) -> None:
    gaps = ", ".join(["%s"] * len(fields))
    prepare = [field.get_db_prep_save for field in fields]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_into(model, fields)} VALUES ({gaps})",  # noqa: S608 - names of our own models
            [[ready(value, connection) for ready, value in zip(prepare, row, strict=True)] for row in batch],
        )


def _into(model: type[models.Model], fields: Fields) -> str:
    return f"{_quoted(model._meta.db_table)} ({', '.join(_quoted(str(field.column)) for field in fields)})"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
