"""A running server with phones around it, whose database and cache can be cut off."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.android.app import App, Refused
from tests.android.okhttp import over_socket
from tests.cuttable_proxy import CuttableProxy
from tests.demo_server import demo_server
from tests.polling import wait_until
from tests.server_process import ServerProcess

SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ? ESCAPE '!'"


@dataclass
class OutageScene:
    """The server and the proxies before its database and Redis; without proxies it runs on SQLite."""

    server: ServerProcess
    database: CuttableProxy | None = None
    shared: CuttableProxy | None = None

    def phone(self, port: int = 0) -> App:
        """A phone on which Mina has just logged in."""
        app = App(over_socket("127.0.0.1", port or self.server.port))
        # After an outage, each process refuses until it has tried to connect again.
        wait_until(lambda: app.login(DEMO_MEMBER, DEMO_PASSWORD), retry_on=(Refused,))
        return app

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """Cut the database off; on SQLite, which is a file, rename its tables."""
        if self.database is None:
            with _without_tables(self.server.var / "db.sqlite3"):
                yield
            return
        with _cut(self.database):
            yield
        # A process whose circuit breaker is open refuses requests for a moment, and there are several.
        for _ in range(10):
            self.server.wait_until_ready()

    @contextmanager
    def without_redis(self) -> Iterator[None]:
        """Cut Redis off."""
        assert self.shared
        with _cut(self.shared):
            yield


@contextmanager
def outage_scene(var: Path, **also: str) -> Iterator[OutageScene]:
    """A scene with the services of the test run and the settings in `also`."""
    if "DATABASE_URL" not in os.environ:
        with demo_server(var, also) as server:
            yield OutageScene(server)
        return
    database, shared = CuttableProxy(os.environ["DATABASE_URL"]), CuttableProxy(os.environ["REDIS_URL"])
    with demo_server(var, also, services={"DATABASE_URL": database.url, "REDIS_URL": shared.url}) as server:
        yield OutageScene(server, database, shared)


@contextmanager
def _cut(proxy: CuttableProxy) -> Iterator[None]:
    proxy.cut()
    try:
        yield
    finally:
        proxy.restore()


@contextmanager
def _without_tables(file: Path) -> Iterator[None]:
    _rename_tables(file, "", "away_")
    try:
        yield
    finally:
        _rename_tables(file, "away_", "")


def _rename_tables(file: Path, before: str, after: str) -> None:
    database = sqlite3.connect(file, timeout=20, isolation_level=None)
    for app_label in ("accounts", "posts"):
        for (name,) in database.execute(SQLITE_TABLES, [f"{before}{app_label}!_%"]).fetchall():
            database.execute(f'ALTER TABLE "{name}" RENAME TO "{after}{name.removeprefix(before)}"')
    database.close()
