"""A running server with a little demo data, on what the test run stands on.

That is SQLite, or PostgreSQL and Redis with several processes, as in production. Migrating and seeding takes longer
than many a test, so a test run does it once: each server gets a copy of the files, and a database from a template.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
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
# Both commands in one process, since half of the time of each is its start.
MIGRATE_AND_SEED = """
import sys, django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0)
call_command("seed", *sys.argv[1:])
"""
# Test processes at most. Redis has sixteen databases, given out by number: the lower half to the processes, the upper
# half to the servers they start.
MAX_PROCESSES = 8


class SeededData:
    """Where the processes of one test run share what was seeded; pytest names the folder (tests/services_plugin.py)."""

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
    """A folder of files and the name of a database to copy, made by the first process that asks; others wait."""
    with TemporaryDirectory(prefix="heart-to-heart-demo-") as own:
        # One run has servers on both databases.
        words = ["postgresql" if services else "sqlite", *demo_data]
        digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:12]
        folder, database = (SeededData.folder or Path(own)) / digest, f"demo_data_{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "done").exists():
                seed(folder / "var", services, database, demo_data)
                (folder / "done").touch()
            yield folder / "var", database


def seed(var: Path, services: Services | None, database: str, demo_data: Sequence[str] = SMALL_DEMO_DATA) -> None:
    """Migrate and seed a new database of this name, or a file in `var` without services."""
    environment = server_environment(var, 0)
    if services:
        services.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        services.execute(f"CREATE DATABASE {database}")
        environment |= {"DATABASE_URL": services.database(database)}
    command = [sys.executable, "-c", MIGRATE_AND_SEED, *demo_data]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
