"""Connections to the database of threads that do not use them for a while."""

import django.db


def release_connections() -> None:
    """Return this thread's connections to their pool, and close broken ones; on SQLite they stay open.

    For a worker that waits, and for a handler before it waits for another server.
    """
    for connection in django.db.connections.all(initialized_only=True):
        # A transaction around the worker, as in tests, would end with its connection.
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
