"""Speeds up loads of millions of rows on PostgreSQL; only for `manage.py seed` with large numbers."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from libs.commands.progress_bar import ProgressBar
from libs.postgresql.timeouts import without_timeouts
from operations.demo_data.load import FIELDS

# Statements that drop and restore each foreign key, unique constraint and other index; primary keys stay.
STATEMENTS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE conrelid::regclass = ANY (%s::regclass[]) AND contype IN ('f', 'u')
     UNION ALL
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
      FROM pg_index WHERE indrelid::regclass = ANY (%s::regclass[])
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
     ORDER BY 1
"""


@contextmanager
def without_indexes(progress: ProgressBar) -> Iterator[None]:
    """Drop indexes, unique constraints and foreign keys and restore them at the end, in the caller's transaction.

    This costs a fifth of checking each row, and locks the tables. Raises IntegrityError at the end for invalid rows.
    """
    tables = [connection.ops.quote_name(model._meta.db_table) for model in FIELDS]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(STATEMENTS, [tables, tables])
        statements = cursor.fetchall()
        with without_timeouts(connection, cursor.execute):
            for drop, _ in statements:
                cursor.execute(drop)
            yield
            for _, restore in progress.track(reversed(statements), "indexes", len(statements)):
                cursor.execute(restore)


def vacuum() -> None:
    """Collect statistics and allow index-only scans before the first autovacuum; outside of any transaction."""
    with connection.cursor() as cursor, without_timeouts(connection, cursor.execute):
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(model._meta.db_table for model in FIELDS)}")
