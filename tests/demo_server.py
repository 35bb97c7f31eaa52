"""A running server with a little demo data, on what the test run stands on.

That is SQLite, or PostgreSQL and Redis with several processes, as in production. Migrating and seeding takes longer
than many a test, so a test run does each of them once: what is seeded, and what a test process needs, is a copy of what
was migrated, and each server gets a copy of the files, and a database from a template.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import redis

from tests.server_process import GUNICORN, ROOT, ServerProcess, running_server, server_environment
from tests.services import free_port

# Words for `manage.py seed`: enough for images, pages and somebody to follow.
SMALL_DEMO_DATA = ("--members", "5", "--posts", "15", "--blocks", "0", "--images", "4")
# A command without the system checks, which take as long as the start of Django.
CALL_COMMAND = """
import sys, django
from django.core.management import call_command
django.setup()
call_command(*sys.argv[1:])
"""
# The database of PostgreSQL that others are copies of.
MIGRATED = "migrated"
# Test processes at most. Redis has sixteen databases, given out by number: the lower half to the processes, the upper
# half to the servers they start.
MAX_PROCESSES = 8


class SharedData:
    """Where the processes of one test run share databases and files; pytest names the folder (services_plugin.py)."""

    folder: Path | None = None


@dataclass(frozen=True)
class Services:
    """The PostgreSQL and the Redis that a server uses, by their URLs."""

    postgres: str
    redis: str

    def database(self, name: str) -> str:
        """The URL of a database of this PostgreSQL."""
        return urlsplit(self.postgres)._replace(path=f"/{name}").geturl()

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(statement.encode())

    def empty_redis(self) -> str:
        """The URL of a database of this Redis that no test process uses, emptied."""
        number = int(urlsplit(self.redis).path.strip("/") or 0) + MAX_PROCESSES
        url = urlsplit(self.redis)._replace(path=f"/{number}").geturl()
        redis.Redis.from_url(url).flushdb()
        return url


@contextmanager
def demo_server(
    var: Path,
    settings: Mapping[str, str] = {},
    services: Mapping[str, str] = os.environ,
    demo_data: Sequence[str] = SMALL_DEMO_DATA,
    command: Sequence[str] = GUNICORN,
) -> Iterator[ServerProcess]:
    """Run a server with these settings that keeps its files in `var`, and end it afterwards.

    It uses the DATABASE_URL and the REDIS_URL in `services`, SQLite without them; `demo_data` are the words for
    `manage.py seed`.
    """
    environment = server_environment(var, free_port())
    with (
        demo_stores(var, services, demo_data) as stores,
        running_server({**environment, **stores, **settings}, var, command=command) as server,
    ):
        yield server


@contextmanager
def demo_stores(
    var: Path, services: Mapping[str, str] = os.environ, demo_data: Sequence[str] = SMALL_DEMO_DATA
) -> Iterator[dict[str, str]]:
    """Copy seeded data for servers with files in `var`, and give the settings that lead to it; drop it afterwards."""
    found = None
    if "DATABASE_URL" in services and "REDIS_URL" in services:
        found = Services(services["DATABASE_URL"], services["REDIS_URL"])
    with _copied_data(var, found, demo_data) as stores:
        yield stores


@contextmanager
def _copied_data(var: Path, services: Services | None, demo_data: Sequence[str]) -> Iterator[dict[str, str]]:
    # SQLite serves one process, since others would not see its cache.
    name = f"served_{uuid4().hex}"
    with _template(services, demo_data) as (files, template):
        shutil.copytree(files, var, dirs_exist_ok=True)
        if services:
            services.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    if services is None:
        yield {}
        return
    try:
        yield {"DATABASE_URL": services.database(name), "REDIS_URL": services.empty_redis(), "WORKERS": "2"}
    finally:
        services.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _template(services: Services | None, demo_data: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """A folder of seeded files and the name of a seeded database to copy."""
    # One run has servers on both databases.
    words = ["postgresql" if services else "sqlite", *demo_data]
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:12]
    database = f"demo_data_{digest}"
    with _made_once(digest, lambda var: _seed(var, services, database, demo_data)) as files:
        yield files, database


@contextmanager
def _made_once(name: str, make: Callable[[Path], None]) -> Iterator[Path]:
    """A folder that was filled by the first process of the test run that asked; others wait."""
    with TemporaryDirectory(prefix="heart-to-heart-demo-") as own:
        folder = (SharedData.folder or Path(own)) / name
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "done").exists():
                make(folder / "files")
                (folder / "done").touch()
            yield folder / "files"


def _seed(var: Path, services: Services | None, database: str, demo_data: Sequence[str]) -> None:
    """Seed a copy of the migrated database, a file in `var` without services."""
    with migrated_database(services) as files:
        shutil.copytree(files, var)
        if services:
            services.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            services.execute(f"CREATE DATABASE {database} TEMPLATE {MIGRATED}")
    _call_command(var, services, database, "seed", *demo_data)


@contextmanager
def migrated_database(services: Services | None) -> Iterator[Path]:
    """A folder with a migrated db.sqlite3; with services, their database MIGRATED is migrated instead."""
    with _made_once(f"migrated-{'postgresql' if services else 'sqlite'}", lambda var: _migrate(var, services)) as files:
        yield files


def _migrate(var: Path, services: Services | None) -> None:
    var.mkdir()
    if services:
        services.execute(f"DROP DATABASE IF EXISTS {MIGRATED} WITH (FORCE)")
        services.execute(f"CREATE DATABASE {MIGRATED}")
    _call_command(var, services, MIGRATED, "migrate", "--verbosity=0")


def _call_command(var: Path, services: Services | None, database: str, *words: str) -> None:
    environment = server_environment(var, 0)
    if services:
        environment |= {"DATABASE_URL": services.database(database)}
    command = [sys.executable, "-c", CALL_COMMAND, *words]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
