"""Workers in processes of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
LEASE_SECONDS = 3

Environment = dict[str, str]


def environment_of_this_queue(folder: Path) -> Environment:
    """The environment of a process that works on the queue of this test and writes its traces into the folder."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.libs.outbox.slow_settings",
        "DATABASE_URL": database_url(),
        "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
        "SLOW_JOBS_DIR": str(folder),
    }


def database_url() -> str:
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    user = ":".join(quote(at[part], safe="") for part in ("USER", "PASSWORD"))
    host = quote(at["HOST"] or "", safe="")
    return f"postgres://{user}@{host}:{at['PORT'] or 5432}/{at['NAME']}"


@contextmanager
def start_worker(environment: Environment, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a worker, and kill it at the end."""
    command = [sys.executable, "manage.py", "run_outbox", *options]
    with ExitStack() as files:
        log = files.enter_context(worker_log(environment).open("ab")) if "SLOW_JOBS_DIR" in environment else None
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def worker_log(environment: Environment) -> Path:
    """The file of what workers print on standard error."""
    return Path(environment["SLOW_JOBS_DIR"]) / "log"


def drain(environment: Environment) -> int:
    with start_worker(environment, "--once") as worker:
        return worker.wait(60)
