"""Connections to the database of threads that may not have used them for a while."""

import django.db


def close_unusable_connections() -> None:
    """Close this thread's connections that are broken or too old; the next query looks whether the others live.

    For a worker before it goes on, and for a handler before it waits for another server.
    """
    for connection in django.db.connections.all(initialized_only=True):
        # A transaction around the worker, as in tests, would end with its connection.
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
