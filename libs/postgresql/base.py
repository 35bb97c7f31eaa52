"""Django's backend for PostgreSQL, with a circuit breaker at the one place where queries get their connections.

Each thread keeps its connection (CONN_MAX_AGE). While the database is away, one caller at a time tries to connect and
all others are refused at once, so that no thread waits in vain. Errors of statements do not pass here, and so have no
influence; a reply that does not come has.
"""

import functools
import select
from collections import Counter
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from libs.circuit_breaker import CircuitBreaker, CircuitOpen
from libs.postgresql.connection import BoundedConnection
from libs.postgresql.cursors import MeasuredCursor
from libs.postgresql.errors import DatabaseAway

# Short enough that the first request succeeds within a second after the database is back, also on a busy machine; an
# attempt costs some milliseconds where the database refuses it, and one thread for 3 s where it is silent. Seconds.
PAUSE_SECONDS = 0.25
# How much longer than DATABASE_STATEMENT_TIMEOUT a reply is waited for, since PostgreSQL reports that it has ended a
# statement. Seconds.
REPLY_MARGIN_SECONDS = 1.0
# How often this process has given up each database. Connections from before are not used any more.
_times_given_up: Counter[str] = Counter()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of one thread to PostgreSQL."""

    _given_up_before = 0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a new connection, of the class in the option `connection_class` if there is one.

        Raises DatabaseAway without trying while the circuit is open, and psycopg's OperationalError, which opens it.
        """
        self._given_up_before = _times_given_up[self.alias]
        # All that Django's own does, which takes no class.
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connect = conn_params.pop("connection_class", BoundedConnection).connect
        try:
            connection = database_circuit_breaker_for(self.alias).call(functools.partial(connect, **conn_params))
        except CircuitOpen:
            raise DatabaseAway("The database was away a moment ago.") from None
        if isinstance(connection, BoundedConnection) and settings.DATABASE_STATEMENT_TIMEOUT:
            connection.reply_timeout = settings.DATABASE_STATEMENT_TIMEOUT / 1_000 + REPLY_MARGIN_SECONDS
            connection.on_timeout = functools.partial(_give_up, self.alias)
        return connection

    def make_cursor(self, cursor: Any) -> MeasuredCursor:
        """Return Django's wrapper of a driver's cursor."""
        return MeasuredCursor(cursor, self)

    def is_usable(self) -> bool:
        """Whether the server has not closed the connection, as its socket tells, nor this process given it up.

        Nor is one with an open transaction, which would hold its locks, and take the changes of later requests with it.
        Django asks before the first query of a request (CONN_HEALTH_CHECKS). The server is asked only if it has sent
        something unasked, since asking costs as much as a small statement.
        """
        if self.connection is None or self.connection.closed or self._given_up_before != _times_given_up[self.alias]:
            return False
        if self.connection.info.transaction_status != TransactionStatus.IDLE:
            return False
        poller = select.poll()
        poller.register(self.connection.fileno(), select.POLLIN)
        return not poller.poll(0) or bool(super().is_usable())


def _give_up(alias: str, error: psycopg.OperationalError) -> None:
    """Count the database as away until a new connection succeeds: those of other threads may hang just as this one."""
    database_circuit_breaker_for(alias).record_failure(error)
    _times_given_up[alias] += 1


@functools.cache
def database_circuit_breaker_for(alias: str) -> CircuitBreaker:
    """Return this process's circuit breaker of the database with this alias."""
    return CircuitBreaker(f"Database {alias}", (psycopg.OperationalError,), PAUSE_SECONDS)
