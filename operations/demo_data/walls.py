"""Taking down what guards tables, for as long as a town moves in.

To sort two million keys once, and to compare two tables once, costs PostgreSQL a fifth of looking at every row as it
comes. Primary keys stay: ids come in order.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, models

from operations.progress_bar import ProgressBar

# References and unique constraints, the way to be rid of each, and the way to have it back; references go first and
# return last, for they lean on the others.
CONSTRAINTS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint
     WHERE conrelid::regclass = ANY (%s::regclass[]) AND contype IN ('f', 'u')
     ORDER BY contype, conname
"""
INDEXES = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
      FROM pg_index
     WHERE indrelid::regclass = ANY (%s::regclass[])
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
     ORDER BY indexrelid::regclass::text
"""
# Sorting in memory as far as that reaches; the server's default is small.
MEMORY = "SET LOCAL maintenance_work_mem = '256MB'"


@contextmanager
def taken_down(tables: Iterable[type[models.Model]], progress: ProgressBar) -> Iterator[None]:
    """Without indexes, unique constraints and references inside; in the caller's transaction, so all or nothing.

    Nobody else reads or writes the tables meanwhile. Raises IntegrityError at the end when a row is not allowed.
    Databases other than PostgreSQL keep theirs.
    """
    if connection.vendor != "postgresql":
        yield
        return
    names = [connection.ops.quote_name(model._meta.db_table) for model in tables]
    with connection.cursor() as cursor:
        walls: list[tuple[str, str]] = []
        for question in (CONSTRAINTS, INDEXES):
            cursor.execute(question, [names])
            walls += cursor.fetchall()
        for statement in ["SET CONSTRAINTS ALL IMMEDIATE", MEMORY, *(down for down, _ in walls)]:
            cursor.execute(statement)
        yield
        for _, up in progress.track(reversed(walls), "indexes", len(walls)):
            cursor.execute(up)
