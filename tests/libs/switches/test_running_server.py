"""A switch that a command turns takes effect in all processes of a running server within seconds."""

import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.demo_server import demo_server
from tests.polling import wait_until
from tests.server_process import ROOT, ServerProcess

# So many connections that each process of the server answers some.
CONNECTIONS = 20


def test_every_process_of_a_running_server_obeys_a_switch_within_seconds(tmp_path: Path) -> None:
    with demo_server(tmp_path) as server:
        assert _statuses(server) == {401}
        _switch(server, "writes", "off")
        wait_until(lambda: _statuses(server) == {503})
        server.stop()
        server.start()
        assert _statuses(server) == {503}
        _switch(server, "writes", "on")
        wait_until(lambda: _statuses(server) == {401})


def _switch(server: ServerProcess, *words: str) -> None:
    command = [sys.executable, "manage.py", "switch", "set", *words, "--as", "taylor"]
    subprocess.run(command, cwd=ROOT, env=server.environment, check=True, capture_output=True)


def _statuses(server: ServerProcess) -> set[int]:
    """The statuses of posts without a token: 401, or 503 where writes are off."""
    found = set()
    for _ in range(CONNECTIONS):
        connection = HTTPConnection(str(urlsplit(server.url).netloc), timeout=30)
        connection.request("POST", "/api/v1/posts", "{}", {"Content-Type": "application/json"})
        found.add(connection.getresponse().status)
        connection.close()
    return found
