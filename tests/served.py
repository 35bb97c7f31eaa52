"""The server as it really runs, for tests that come over the wire: gunicorn in a process of its own, with a hamlet."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Enough of a town to have pictures, pages and somebody to follow in it.
HAMLET = ["--members", "5", "--posts", "15", "--blocks", "0", "--pictures", "4"]
# How long the server may take to come up, and to go. Seconds.
PATIENCE = 60.0


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
def served(var: Path, **also: str) -> Iterator[Served]:
    """A server whose data lies in `var`, on SQLite, with the settings in `also`; gone at the end."""
    port = _free_port()
    environment = _environment(var, port) | also
    for command in (["migrate", "--verbosity", "0"], ["seed", "--if-empty", *HAMLET]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    with (var / "log").open("wb") as log:
        server = subprocess.Popen(gunicorn, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        here = Served(f"http://127.0.0.1:{port}", var)
        _wait_until_ready(here, server)
        yield here
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _environment(var: Path, port: int) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"PORT": str(port), "VAR_DIR": str(var), "OUTBOX_THREAD": "on", "DJANGO_SETTINGS_MODULE": "config.settings"}
    return inherited | own


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(here: Served, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{here.url}/readyz", timeout=5).close()  # noqa: S310 - the server above
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not come up: {(here.var / 'log').read_text()}")
