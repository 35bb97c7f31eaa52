"""Lua scripts that every request runs in Redis."""

import threading
from collections.abc import Sequence
from hashlib import sha1
from typing import Any

from redis.backoff import NoBackoff
from redis.connection import AbstractConnection, ConnectionPool
from redis.exceptions import ConnectionError as ConnectionFailed
from redis.exceptions import NoScriptError
from redis.retry import Retry

_opened_connections = 0
_lock = threading.Lock()


def count_opened_connections() -> int:
    """Return how many connections to Redis the scripts of this process have opened so far.

    While it stays the same, Redis was neither restarted nor replaced by another one, since that ends all connections.
    """
    return _opened_connections


def _count_connection() -> None:
    global _opened_connections
    with _lock:
        _opened_connections += 1


class _Connections(threading.local):
    """The connections of one thread, by URL and timeout."""

    def __init__(self) -> None:
        self.by_server: dict[tuple[str, float], AbstractConnection] = {}


_connections = _Connections()


class RedisScript:
    """A Lua script; each thread runs all scripts of one Redis on a connection of its own.

    redis-py's client takes a connection from a pool, looks whether it is usable and may retry: together that costs
    three times what sending a command and reading its reply does, which matters in what every request runs.
    """

    def __init__(self, url: str, timeout: float, source: str) -> None:
        # Only read for what its URL says.
        self._pool = ConnectionPool.from_url(
            url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
        )
        self._source = source
        self._digest = sha1(source.encode(), usedforsecurity=False).hexdigest()
        self._server = url, timeout

    def __call__(self, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """Return the script's reply; raises redis' ConnectionError, TimeoutError or ResponseError."""
        connection = self._connection()
        numbered = (len(keys), *keys, *arguments)
        is_old = connection.is_connected
        if not is_old:
            _count_connection()
        try:
            return _reply(connection, "EVALSHA", self._digest, *numbered)
        except NoScriptError:
            return _reply(connection, "EVAL", self._source, *numbered)
        except ConnectionFailed:
            # Redis was restarted, or has closed an idle connection. It may have run the script before.
            if not is_old:
                raise
            return self(keys, arguments)

    def _connection(self) -> AbstractConnection:
        connection = _connections.by_server.get(self._server)
        if connection is None:
            connection = self._pool.connection_class(**self._pool.connection_kwargs)
            _connections.by_server[self._server] = connection
        return connection


def _reply(connection: AbstractConnection, *command: Any) -> Any:
    connection.send_command(*command)  # type: ignore[no-untyped-call]
    return connection.read_response()
