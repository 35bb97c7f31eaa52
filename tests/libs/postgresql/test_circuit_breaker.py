"""Who tries to connect while the database is away, and what does not count as that."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import pytest_django
from django.db import Error, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from prometheus_client import REGISTRY

from libs.compiled_queries import preparing_cursor
from libs.postgresql import base
from libs.postgresql.errors import DatabaseAway
from tests.cuttable_proxy import CuttableProxy
from tests.redis_outages import StoppedClock

pytestmark = pytest.mark.one_leg

CALLERS = 40


class Database:
    """The database at a URL, with a circuit breaker, and threads that keep their connections, of its own."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self.alias = uuid4().hex
        settings = {
            "ENGINE": "libs.postgresql",
            "NAME": at.path[1:],
            "USER": at.username,
            "HOST": at.hostname,
            "PORT": at.port,
            "OPTIONS": {"connect_timeout": 2},
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
        # Each thread gets a connection of its own.
        self.connections = ConnectionHandler({"default": {}, self.alias: settings})
        self._threads, self._all_ask = ThreadPoolExecutor(CALLERS), threading.Barrier(CALLERS)

    def ask(self, statement: str = "SELECT 1", open_cursor: Callable[[Any], Any] = BaseDatabaseWrapper.cursor) -> Any:
        """Run a statement as a request does; return the error's class if there is one."""
        connection = self.connections[self.alias]
        # Django does this before each request.
        connection.close_if_unusable_or_obsolete()
        try:
            with open_cursor(connection) as cursor:
                return cursor.execute(statement) and "ok"
        except Error as error:
            return type(error)

    def ask_at_once(self) -> list[Any]:
        """Ask from many threads, the same each time."""
        return self._do_at_once(self.ask)

    def close(self) -> None:
        """Close the connections of all threads."""
        self._do_at_once(self.connections.close_all)
        self.connections.close_all()
        self._threads.shutdown()

    def _do_at_once(self, action: Callable[[], Any]) -> list[Any]:
        def do(_: int) -> Any:
            self._all_ask.wait(60)
            return action()

        return list(self._threads.map(do, range(CALLERS)))

    @property
    def is_open(self) -> bool:
        """What the metric says of its circuit breaker."""
        return bool(REGISTRY.get_sample_value("h2h_circuit_open", {"service": f"Database {self.alias}"}))


@pytest.fixture(autouse=True)
def _own_databases(django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def database(url: str) -> "closing[Database]":
    return closing(Database(url))


@pytest.fixture
def attempts() -> Iterator[list[int]]:
    """The port of a server that ends every connection, then one entry for each connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    made = [listener.getsockname()[1]]

    def refuse() -> None:
        with suppress(OSError):
            while True:
                connection = listener.accept()[0]
                made.append(1)
                connection.close()

    threading.Thread(target=refuse, daemon=True).start()
    yield made
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    return StoppedClock(monkeypatch)


def test_while_the_database_is_away_nobody_tries_to_connect(attempts: list[int], clock: StoppedClock) -> None:
    with database(f"postgres://mina@127.0.0.1:{attempts[0]}/x") as away:
        assert away.ask() is OperationalError
        before = len(attempts)
        assert away.ask_at_once() == [DatabaseAway] * CALLERS
        assert (len(attempts), away.is_open) == (before, True)


def test_after_a_pause_one_caller_of_many_tries_to_connect(attempts: list[int], clock: StoppedClock) -> None:
    with database(f"postgres://mina@127.0.0.1:{attempts[0]}/x") as away:
        away.ask()
        before = len(attempts)
        clock.shift(base.PAUSE_SECONDS)
        answers = away.ask_at_once()
        assert (answers.count(OperationalError), answers.count(DatabaseAway)) == (1, CALLERS - 1)
        assert len(attempts) - before == 1


def test_a_database_that_is_back_is_found_after_a_pause(
    postgres_url: str, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    proxy = CuttableProxy(postgres_url)
    with database(proxy.url) as back:
        assert back.ask() == "ok"
        proxy.cut()
        assert (back.ask(), back.ask(), back.is_open) == (OperationalError, DatabaseAway, True)
        proxy.restore()
        assert back.ask() is DatabaseAway
        clock.shift(base.PAUSE_SECONDS)
        assert "ok" in back.ask_at_once()
        assert (back.ask(), back.is_open) == ("ok", False)
    said = [line.message for line in caplog.records if line.name == "libs.circuit_breaker"]
    assert [line.split()[2:4] for line in said] == [["is", "away,"], ["is", "back."]]
    assert "Connection refused" in said[0]


def test_connections_that_the_server_has_closed_cost_nobody_an_error(postgres_url: str) -> None:
    proxy = CuttableProxy(postgres_url)
    with database(proxy.url) as restarted:
        for _ in range(3):
            assert set(restarted.ask_at_once()) == {"ok"}
            assert restarted.ask(open_cursor=preparing_cursor) == "ok"
            proxy.cut()
            proxy.restore()
        assert (restarted.ask(), restarted.is_open) == ("ok", False)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 / 0",
        "SELECT * FROM nowhere",
        "SET statement_timeout = 1; SELECT pg_sleep(9)",
        "DO $$ BEGIN RAISE unique_violation; END $$",
        "DO $$ BEGIN RAISE serialization_failure; END $$",
        "SELECT pg_terminate_backend(pg_backend_pid())",
    ],
)
def test_the_error_of_one_statement_keeps_nobody_else_away(postgres_url: str, statement: str) -> None:
    with database(postgres_url) as there:
        assert issubclass(there.ask(statement), Error)
        assert (there.ask(), there.is_open) == ("ok", False)


def test_a_connection_with_an_open_transaction_is_not_used_again(postgres_url: str) -> None:
    with database(postgres_url) as there:
        there.ask()
        first = there.connections[there.alias].connection
        assert (there.ask("BEGIN"), there.connections[there.alias].connection) == ("ok", first)
        assert there.ask("CREATE TABLE left_open (id int)") == "ok"
        assert there.connections[there.alias].connection is not first
        assert there.ask("DROP TABLE left_open") == "ok"
