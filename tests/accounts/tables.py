"""Searches every column of every table."""

from django.db import connection


def columns_containing(*needles: str | int) -> list[str]:
    """Return the columns, as "table.column", that contain one of the needles, ignoring case."""
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
