"""The servers that tests start have ports of their own, and do not outlive them."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import services
from tests.polling import wait_until

pytestmark = pytest.mark.one_leg

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal
from tests import services
with services.{server}() as url:
    print(url, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
RESERVED = """
from tests import services
print(*(services.free_port() for _ in range(300)), flush=True)
input()
"""


def test_two_processes_never_get_the_same_port() -> None:
    command = [sys.executable, "-c", RESERVED]
    runs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) for _ in range(2)
    ]
    ports = [str(run.stdout.readline()).split() for run in runs if run.stdout]
    for run in runs:
        run.communicate("\n")
    assert len({port for each in ports for port in each}) == 600


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
