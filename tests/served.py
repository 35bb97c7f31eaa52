"""The server as it really runs, for tests that come over the wire: gunicorn in processes of its own, with a hamlet.

It stands on what the test run stands on: SQLite, or PostgreSQL and Redis with several processes, as in production.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import redis

ROOT = Path(__file__).resolve().parents[1]
# Enough of a town to have pictures, pages and somebody to follow in it.
HAMLET = ("--members", "5", "--posts", "15", "--blocks", "0", "--pictures", "4")
# How long the server may take to come up, and to go. Seconds.
PATIENCE = 60.0
# Test processes at most. Redis has sixteen databases, given out by number: the lower half to the processes, the upper
# half to the servers they start.
PROCESSES = 8


@dataclass(frozen=True)
class Served:
    """Where a running server is reached, and where it keeps what it writes."""

    url: str
    var: Path

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
    with ground(leg) as own:
        environment = {**_environment(var, free_port()), **own, **also}
        _populate(environment, hamlet)
        with serving(environment, var / "log") as server:
            yield Served(server.url, var)


@contextmanager
def ground(leg: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The settings of an empty database and an empty cache, on the servers of `leg`; none if these are not both named.

    SQLite serves one process, since others would not see its cache.
    """
    if not ("DATABASE_URL" in leg and "REDIS_URL" in leg):
        yield {}
        return
    name, number = f"served_{uuid4().hex}", int(urlsplit(leg["REDIS_URL"]).path.strip("/") or 0) + PROCESSES
    shared = urlsplit(leg["REDIS_URL"])._replace(path=f"/{number}").geturl()
    redis.Redis.from_url(shared).flushdb()
    with psycopg.connect(leg["DATABASE_URL"], autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}")
        try:
            own = urlsplit(leg["DATABASE_URL"])._replace(path=f"/{name}").geturl()
            yield {"DATABASE_URL": own, "REDIS_URL": shared, "WORKERS": "2"}
        finally:
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _populate(environment: dict[str, str], hamlet: Sequence[str]) -> None:
    for command in (["migrate", "--verbosity", "0"], ["seed", "--if-empty", *hamlet]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
        )


@dataclass(frozen=True)
class Serving:
    """A server at work: where it is reached, and its master process."""

    url: str
    master: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End master and workers at once, as a lost machine does: nothing is finished, nothing is said."""
        os.killpg(self.master.pid, signal.SIGKILL)
        self.master.wait(PATIENCE)


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[Serving]:
    """gunicorn with these settings, ready, writing into `log`; gone at the end."""
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    with log.open("wb") as file:
        master = subprocess.Popen(gunicorn, cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True)
    try:
        here = Serving(f"http://127.0.0.1:{environment['PORT']}", master)
        _wait_until_ready(here, log)
        yield here
    finally:
        master.terminate()
        master.wait(PATIENCE)


def _environment(var: Path, port: int) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"PORT": str(port), "VAR_DIR": str(var), "OUTBOX_THREAD": "on", "DJANGO_SETTINGS_MODULE": "config.settings"}
    return inherited | own


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(here: Serving, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and here.master.poll() is None:
        try:
            urllib.request.urlopen(f"{here.url}/readyz", timeout=5).close()  # noqa: S310 - the server above
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not come up: {log.read_text() if log.is_file() else log}")
