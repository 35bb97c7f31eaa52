"""PostgreSQL, Redis and the servers of a benchmark, on free ports of this machine."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import redis

from benchmarks.api.seeding import RequestData
from tests.demo_server import Services
from tests.server_process import GUNICORN, ROOT, ServerProcess, running_server, server_environment
from tests.services import free_port, postgres_server, redis_server

# PostgreSQL's defaults but for these: all that is answered is durable (fsync, synchronous_commit and full_page_writes
# are on), and nothing runs beside what is measured.
POSTGRES_OPTIONS = (
    "max_connections=300",
    "shared_buffers=512MB",
    "max_wal_size=8GB",
    "checkpoint_timeout=1h",
    "autovacuum=off",
)
WORKERS, THREADS = 2, 4
# So high that nobody reaches them; each scope has as many windows to count as by default.
RATES = (
    "read-member=1000000/minute,write-member=1000000/minute,post-member=1000000/hour;1000000/day,"
    "sign-in-address=1000000/minute;1000000/hour,config-address=1000000/minute"
)


class Size(NamedTuple):
    """Numbers of rows."""

    members: int
    blocks: int
    posts: int

    @property
    def database(self) -> str:
        """The name of its database."""
        return f"members_{self.members}_blocks_{self.blocks}_posts_{self.posts}"


class Backends(NamedTuple):
    """A running PostgreSQL and Redis, with the ids of their processes."""

    services: Services
    postgres: int
    redis: int

    def connect(self, size: Size) -> "psycopg.Connection[tuple[object, ...]]":
        """Connect to the database of this size, outside of any transaction."""
        return psycopg.connect(self.services.database(size.database), autocommit=True)


@contextmanager
def running_backends(kept_in: Path | None) -> Iterator[Backends]:
    """Run both; PostgreSQL keeps its data in this folder, if one is named."""
    with postgres_server(POSTGRES_OPTIONS, kept_in) as postgres_url, redis_server() as redis_url:
        services = Services(postgres_url, redis_url)
        with psycopg.connect(services.postgres) as connection:
            row = connection.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int").fetchone()
        redis_pid = redis.Redis.from_url(redis_url).info("server")["process_id"]
        yield Backends(services, row[0] if row else 0, redis_pid)


class Servers:
    """Servers by kind, size and settings, started when they are first asked for."""

    def __init__(
        self, backends: Backends, var: Path, stack: ExitStack, *, workers: int = WORKERS, threads: int = THREADS
    ) -> None:
        self.backends, self.var, self.stack = backends, var, stack
        self.workers, self.threads = workers, threads
        self.started: dict[tuple[object, ...], ServerProcess] = {}

    def get(self, kind: str, size: Size) -> ServerProcess:
        """Return a running server on the data of this size."""
        if (kind, size) not in self.started:
            var = self.var / f"{kind}-{size.posts}"
            var.mkdir(parents=True)
            environment = self.environment(var, size, free_port())
            command = _command(kind, environment["PORT"])
            if kind == "stock":
                environment["DJANGO_SETTINGS_MODULE"] = "benchmarks.api.stock_settings"
            if kind == "uncached":
                environment["FEED_CACHE_POSTS"] = "0"
            server = running_server(environment, var, command=command)
            self.started[kind, size] = self.stack.enter_context(server)
        return self.started[kind, size]

    def environment(self, var: Path, size: Size, port: int) -> dict[str, str]:
        """Return production settings for all servers; the log and all files go to `var`."""
        lines = (ROOT / "tests" / "production.env").read_text().splitlines()
        production = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
        return {
            **server_environment(var, port),
            **production,
            "BIND": "127.0.0.1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": self.backends.services.database(size.database),
            "REDIS_URL": self.backends.services.redis,
            "WORKERS": str(self.workers),
            "THREADS": str(self.threads),
            "THROTTLE_RATES": RATES,
            "ACCESS_TOKEN_SECONDS": "86400",
            "OUTBOX_THREAD": "off",
        }

    def seed(self, size: Size, new_sessions: int) -> RequestData:
        """Migrate and fill the database unless it is there, and start login sessions in it."""
        with psycopg.connect(self.backends.services.postgres, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [size.database]).fetchone():
                connection.execute(f"CREATE DATABASE {size.database}".encode())
        environment = self.environment(self.var, size, 0) | {"ENVIRONMENT": "local"}
        numbers = {**size._asdict(), "new-sessions": new_sessions}
        words = [f"--{name}={number}" for name, number in numbers.items()]
        command = [sys.executable, "-m", "benchmarks.api.seeding", *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
        return RequestData(**json.loads(done.stdout))


def _command(kind: str, port: str) -> tuple[str, ...]:
    if kind in ("ours", "uncached"):
        return GUNICORN
    if kind == "stock":
        words = f"gunicorn --workers {WORKERS} --threads {THREADS} --bind 127.0.0.1:{port} --keep-alive 75"
        words += " --no-control-socket django.core.wsgi:get_wsgi_application()"
    else:
        words = f"granian --interface wsgi --workers {WORKERS} --blocking-threads {THREADS} --host 127.0.0.1"
        words += f" --port {port} --no-ws --log-level warning benchmarks.api.limit:application"
    return (sys.executable, "-m", *words.split())
