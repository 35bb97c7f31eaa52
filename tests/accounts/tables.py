"""Looks for something in every column of every table."""

from django.db import connection


def rows_holding(*needles: str | int) -> list[str]:
    """The tables and columns that hold one of these: a number as it is or in a text, a text in any case."""
    wanted = [str(needle).lower() for needle in needles]
    found = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our tables
            columns = [column[0] for column in cursor.description]
            found += [
                f"{table}.{column}"
                for row in cursor.fetchall()
                for column, value in zip(columns, row, strict=True)
                if any(needle in str(value).lower() for needle in wanted)
            ]
    return sorted(set(found))
