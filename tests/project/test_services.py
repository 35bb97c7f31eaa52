"""The servers that tests start do not outlive them."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import services
from tests.polling import wait_until

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal
from tests import services
with services.{server}() as url:
    print(url, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
@pytest.mark.parametrize(
    "server",
    [
        pytest.param("redis_server", marks=pytest.mark.skipif(not services.has_redis(), reason="no Redis here")),
        pytest.param("postgres_server", marks=pytest.mark.skipif(not services.has_postgres(), reason="no PostgreSQL")),
    ],
)
def test_a_killed_test_run_takes_its_servers_along(server: str) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # PostgreSQL's own user looks into it.
        Path(folder).chmod(0o755)
        run = subprocess.run(
            [sys.executable, "-c", KILLED.format(server=server)],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        port = int(run.stdout.rsplit(":", 1)[1].split("/")[0])
        wait_until(lambda: not _answers(port))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
