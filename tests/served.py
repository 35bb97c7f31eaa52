"""The server as it really runs, for tests that come over the wire: gunicorn in processes of its own, with a hamlet.

It stands on what the test run stands on: SQLite, or PostgreSQL and Redis with several processes, as in production.
"""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import redis

from tests.polling import wait_until
from tests.services import free_port

ROOT = Path(__file__).resolve().parents[1]
# Enough of a town to have pictures, pages and somebody to follow in it.
HAMLET = ("--members", "5", "--posts", "15", "--blocks", "0", "--pictures", "4")
# How long the server may take to end. Seconds.
PATIENCE = 60.0
# Test processes at most. Redis has sixteen databases, given out by number: the lower half to the processes, the upper
# half to the servers they start.
PROCESSES = 8


@dataclass
class Served:
    """Where a running server is reached, and where it keeps what it writes."""

    url: str
    var: Path
    environment: dict[str, str] = field(repr=False)
    # Where it writes what it has to say, within `var`.
    log_name: str = "log"
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, again if it was stopped; returns when it is ready."""
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
        with (self.var / self.log_name).open("ab") as log:
            self.process = subprocess.Popen(
                gunicorn, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready()

    def stop(self) -> None:
        """End it as a deployment does; returns when it is gone."""
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None

    def kill(self) -> None:
        """End master and workers at once, as a lost machine does: nothing is finished, nothing is said."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None

    def wait_until_ready(self) -> None:
        """Raises AssertionError with what the server said, if it does not come up."""
        try:
            is_running = wait_until(self._is_ready_or_gone, retry_on=(OSError,))
        except AssertionError as fault:
            raise AssertionError(f"the server did not come up: {self.log}") from fault
        assert is_running == "ready", f"the server ended: {self.log}"

    def _is_ready_or_gone(self) -> str:
        if self.process is None or self.process.poll() is not None:
            return "gone"
        urllib.request.urlopen(f"{self.url}/readyz", timeout=30).close()  # noqa: S310 - this server
        return "ready"

    @property
    def port(self) -> int:
        """Where it listens on this machine."""
        return urlsplit(self.url).port or 0

    @property
    def log(self) -> str:
        """All it said so far."""
        file = self.var / self.log_name
        return file.read_text() if file.is_file() else str(file)

    def workers(self) -> list[int]:
        """Its processes, less the master; on Linux only."""
        master = self.process.pid if self.process else 0
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    @property
    def mail(self) -> Path:
        """The folder of the letters it sent."""
        return self.var / "mail"


@contextmanager
def served(
    var: Path,
    also: Mapping[str, str] = {},
    leg: Mapping[str, str] = os.environ,
    hamlet: Sequence[str] = HAMLET,
) -> Iterator[Served]:
    """A server whose files lie in `var`, with the settings in `also`, on what `leg` names; gone at the end.

    `hamlet` are the words for `manage.py seed`.
    """
    with _ground(leg) as ground:
        environment = {**_environment(var, free_port()), **ground, **also}
        _populate(environment, hamlet)
        with serving(environment, var) as here:
            yield here


@contextmanager
def serving(environment: dict[str, str], var: Path, log_name: str = "log") -> Iterator[Served]:
    """A server with these settings, on what is there already; gone at the end."""
    here = Served(f"http://127.0.0.1:{environment['PORT']}", var, environment, log_name)
    try:
        here.start()
        yield here
    finally:
        here.stop()


@contextmanager
def _ground(leg: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The settings of an empty database and an empty cache, on the servers of `leg`; none if these are not both named.

    SQLite serves one process, since others would not see its cache.
    """
    if not ("DATABASE_URL" in leg and "REDIS_URL" in leg):
        yield {}
        return
    name, number = f"served_{uuid4().hex}", int(urlsplit(leg["REDIS_URL"]).path.strip("/") or 0) + PROCESSES
    shared = urlsplit(leg["REDIS_URL"])._replace(path=f"/{number}").geturl()
    redis.Redis.from_url(shared).flushdb()
    _execute(leg["DATABASE_URL"], f"CREATE DATABASE {name}")
    try:
        own = urlsplit(leg["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        yield {"DATABASE_URL": own, "REDIS_URL": shared, "WORKERS": "2"}
    finally:
        _execute(leg["DATABASE_URL"], f"DROP DATABASE {name} WITH (FORCE)")


def _execute(database: str, statement: str) -> None:
    with psycopg.connect(database, autocommit=True) as postgres:
        postgres.execute(statement.encode())


def _populate(environment: dict[str, str], hamlet: Sequence[str]) -> None:
    for command in (["migrate", "--verbosity", "0"], ["seed", "--if-empty", *hamlet]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
        )


def _environment(var: Path, port: int) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"PORT": str(port), "VAR_DIR": str(var), "OUTBOX_THREAD": "on", "DJANGO_SETTINGS_MODULE": "config.settings"}
    return inherited | own
