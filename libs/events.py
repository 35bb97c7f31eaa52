"""Events: what happens in an app, for apps above it, which it does not know.

An app declares its events in its `events.py`; those above add handlers to them at start-up.
"""

from collections.abc import Callable
from typing import Generic, ParamSpec

from django.db import transaction
from django.db.transaction import TransactionManagementError

P = ParamSpec("P")


class Event(Generic[P]):
    """Something that happens in a transaction; its handlers take the arguments of `send`.

    They run in that transaction, so that what they write is committed or rolled back with it, and one that raises an
    error undoes the event.
    """

    def __init__(self) -> None:
        self._handlers: list[Callable[P, None]] = []

    def add_handler(self, handler: Callable[P, None]) -> Callable[P, None]:
        """Have the handler called at each event; also a decorator."""
        self._handlers.append(handler)
        return handler

    def send(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call all handlers. Raises TransactionManagementError outside of `transaction.atomic()`."""
        if not transaction.get_connection().in_atomic_block:
            raise TransactionManagementError("Send an event inside the transaction.atomic() of what happens.")
        for handler in self._handlers:
            handler(*args, **kwargs)
