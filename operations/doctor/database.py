"""The database, its clock, and its replicas."""

import time
from collections.abc import Iterator

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from accounts.checks import HINT, folds_unicode_case
from operations.checks import FAULT, has_demo_members
from operations.checks import HINT as DEMO_HINT
from operations.doctor.findings import FAIL, OK, WARN, Finding, examination

# Members are logged out when clocks differ by more: tokens are accepted for so long after they have expired. Seconds.
CLOCK_SECONDS = 3.0


@examination("database")
def examine_database() -> Iterator[Finding]:
    """Connect, and look at what a deploy can get wrong. Every statement ends after DATABASE_STATEMENT_TIMEOUT."""
    try:
        connection.ensure_connection()
    except (DatabaseError, InterfaceError) as error:
        yield Finding(
            FAIL, "database", f"does not answer: {type(error).__name__}", "Correct DATABASE_URL, or start it."
        )
        return
    yield Finding(OK, "database", f"{connection.vendor} answers")
    if connection.vendor == "postgresql":
        is_able = folds_unicode_case(connection)
        yield Finding(OK if is_able else FAIL, "database", "its locale", "" if is_able else HINT)
        yield from _examine_connections()
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    advice = "Run manage.py migrate." if pending else ""
    yield Finding(FAIL if pending else OK, "migrations", f"{pending} are pending", advice)
    if settings.PRODUCTION and has_demo_members():
        yield Finding(FAIL, "database", FAULT, DEMO_HINT)


@examination("clock")
def examine_clock() -> Iterator[Finding]:
    """Compare the clock of this machine with the database's."""
    if connection.vendor != "postgresql":
        yield Finding(OK, "clock", "the database has no other")
        return
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        theirs = float(cursor.fetchone()[0])
    difference = max(before - theirs, theirs - time.time(), 0.0)
    text = f"differs from the database's by {difference:.1f} s at least"
    is_good = difference <= CLOCK_SECONDS
    yield Finding(OK if is_good else FAIL, "clock", text, "" if is_good else "Run NTP on both machines.")


@examination("replicas")
def examine_replicas() -> Iterator[Finding]:
    """Ask each replica how far it is."""
    for alias in settings.DATABASES.keys() - {DEFAULT_DB_ALIAS}:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_is_in_recovery(), extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8"
                )
                is_standby, seconds = cursor.fetchone()
        except (DatabaseError, InterfaceError) as error:
            advice = "The primary answers its reads. Start it, or remove its URL."
            yield Finding(WARN, alias, f"does not answer: {type(error).__name__}", advice)
            continue
        if is_standby:
            yield Finding(OK, alias, f"its last change is {seconds or 0:.0f} s old (an idle primary is no lag)")
        else:
            yield Finding(WARN, alias, "is no standby, and not used", "Remove its URL from DATABASE_REPLICA_URLS.")


def _examine_connections() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int")
        most = int(cursor.fetchone()[0])
    # Of each thread, of /readyz, and of the measurement of each replica.
    ours = settings.WORKERS * (settings.THREADS + len(settings.DATABASES))
    text = f"one server may use {ours} of its {most} connections"
    advice = "Lower THREADS: all servers and workers together must stay below."
    yield Finding(OK if ours * 2 <= most else WARN, "database", text, "" if ours * 2 <= most else advice)
