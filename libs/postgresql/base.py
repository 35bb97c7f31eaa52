"""Django's backend for PostgreSQL, with a circuit breaker at the one place where queries get their connections.

While the database is away, one caller at a time tries to connect and all others are refused at once, so that no thread
waits in vain. Errors of statements do not pass here, and so have no influence; a reply that does not come has.
"""

import functools
import select
import time
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool, PoolTimeout

from libs.circuit_breaker import CircuitBreaker, CircuitOpen
from libs.postgresql.connection import BoundedConnection
from libs.postgresql.cursors import MeasuredCursor
from libs.postgresql.errors import DatabaseAway, PoolExhausted

# Short enough that the first request succeeds within a second after the database is back, also on a busy machine; an
# attempt costs some milliseconds where the database refuses it, and one thread for 3 s where it is silent. Seconds.
PAUSE_SECONDS = 0.25
# Longest wait for a connection while all those of the process are in use. Seconds.
EXHAUSTED_SECONDS = 5.0
# How much longer than DATABASE_STATEMENT_TIMEOUT a reply is waited for, since PostgreSQL reports that it has ended a
# statement. Seconds.
REPLY_MARGIN_SECONDS = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread to PostgreSQL."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection, from the pool if there is one.

        Raises DatabaseAway without trying while the circuit is open; PoolExhausted, which does not open it; and
        psycopg's OperationalError, which does.
        """
        connect = self._get_pooled_connection if self.pool else super().get_new_connection
        try:
            return database_circuit_breaker_for(self.alias).call(functools.partial(connect, conn_params))
        except CircuitOpen:
            raise DatabaseAway("The database was away a moment ago.") from None

    def make_cursor(self, cursor: Any) -> MeasuredCursor:
        """Return Django's wrapper of a driver's cursor."""
        return MeasuredCursor(cursor, self)

    def _configure_connection(self, connection: Any) -> bool:
        """Prepare a new connection of the pool (Django's hook)."""
        if isinstance(connection, BoundedConnection) and settings.DATABASE_STATEMENT_TIMEOUT:
            connection.reply_timeout = settings.DATABASE_STATEMENT_TIMEOUT / 1_000 + REPLY_MARGIN_SECONDS
            connection.on_timeout = functools.partial(_give_up, self.alias, self.pool)
        return bool(super()._configure_connection(connection))  # type: ignore[misc]

    def _get_pooled_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection as soon as the pool has one, and fail as soon as the pool fails to connect.

        The pool would wait for the whole time in either case.
        """
        failures, until = self._count_failures(), time.monotonic() + EXHAUSTED_SECONDS
        while True:
            try:
                connection = super().get_new_connection(conn_params)
            except PoolTimeout as error:
                if self._count_failures() > failures:
                    raise psycopg.OperationalError("The pool cannot connect to the database.") from error
                if time.monotonic() > until:
                    raise PoolExhausted(str(error)) from error
            else:
                if _is_alive(connection):
                    return connection
                # The pool drops it and makes another one.
                self.pool.putconn(connection)

    def _count_failures(self) -> int:
        return int(self.pool.get_stats().get("connections_errors", 0))


def _give_up(alias: str, pool: "ConnectionPool[Any]", error: psycopg.OperationalError) -> None:
    """Count the database as away until a new connection succeeds: those in the pool may hang just as this one did."""
    database_circuit_breaker_for(alias).record_failure(error)
    pool.drain()


def _is_alive(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has not closed the connection, as its socket tells.

    The server is asked only if it has sent something unasked, since asking costs as much as a small statement.
    """
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    if poller.poll(0):
        with suppress(psycopg.OperationalError):
            ConnectionPool.check_connection(connection)
    return not connection.closed


@functools.cache
def database_circuit_breaker_for(alias: str) -> CircuitBreaker:
    """Return this process's circuit breaker of the database with this alias."""
    return CircuitBreaker(f"Database {alias}", (psycopg.OperationalError,), PAUSE_SECONDS)
