"""Connections to replicas, which do not wait for a replica that has fallen silent.

A machine that hangs, or a proxy in front of one that is gone, still confirms what it gets, so that no timeout of TCP
ends the wait for its reply.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import psycopg

# Whether the replica that the current thread reads from has fallen silent.
is_silent: ContextVar[Callable[[], bool]] = ContextVar("whether the replica is silent", default=bool)


class ReplicaConnection(psycopg.Connection[Any]):
    """A connection that raises OperationalError, and is closed, when its replica has fallen silent."""

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """Wait for the reply; psycopg sends each of its commands through this method."""
        return super().wait(self._until_silent(gen), *args, **kwargs)

    def _until_silent(self, gen: Any) -> Any:
        ready = None
        while True:
            try:
                wanted = gen.send(ready)
            except StopIteration as end:
                return end.value
            # What the socket is ready for; nothing, ten times a second, while no reply comes.
            ready = yield wanted
            if not ready and is_silent.get()():
                self.close()
                raise psycopg.OperationalError("The replica has fallen silent.")
