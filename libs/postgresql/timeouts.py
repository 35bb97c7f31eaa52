"""Statements that may take as long as they need."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.pq import TransactionStatus

from libs.postgresql.connection import BoundedConnection


@contextmanager
def without_timeouts(connection: Any, execute: Callable[[str], Any]) -> Iterator[None]:
    """Let statements and waits for locks on this connection of Django to PostgreSQL take as long as they need.

    `execute` runs a statement on it, such as the method of a cursor or of a schema editor.
    """
    for name in ("statement_timeout", "lock_timeout"):
        execute(f"SET {name} = 0")
    driver = connection.connection
    limit = getattr(driver, "reply_timeout", None)
    if isinstance(driver, BoundedConnection):
        driver.reply_timeout = None
    try:
        yield
    finally:
        if isinstance(driver, BoundedConnection):
            driver.reply_timeout = limit
        # A failed transaction takes no statement, and its rollback undoes SET too.
        if driver.info.transaction_status not in (TransactionStatus.INERROR, TransactionStatus.UNKNOWN):
            for name in ("lock_timeout", "statement_timeout"):
                execute(f"RESET {name}")
