"""Connections on which no reply is waited for much longer than PostgreSQL lets a statement take."""

from collections.abc import Callable
from typing import Any

import psycopg


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed, and raises OperationalError, when one reply takes longer than `reply_timeout`.

    PostgreSQL ends a statement by itself after statement_timeout. If there is no reply even then, the database hangs
    (a frozen machine, a stalled disk) while its kernel still confirms what it gets, so that no timeout of TCP helps.
    """

    # Seconds; None waits for ever.
    reply_timeout: float | None = None
    on_timeout: Callable[[psycopg.OperationalError], None] | None = None

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """Wait for the reply; psycopg sends each of its commands through this method."""
        if "timeout" in kwargs:
            return super().wait(gen, *args, **kwargs)
        kwargs["timeout"] = self.reply_timeout
        try:
            return super().wait(gen, *args, **kwargs)
        except psycopg.errors._WaitTimeout:
            error = psycopg.OperationalError(f"The database did not reply within {self.reply_timeout} s.")
        # The reply could still come, and would be taken for that of the next command.
        self.close()
        if self.on_timeout:
            self.on_timeout(error)
        raise error
