"""The server under gunicorn, in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.polling import wait_until
from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
TOKEN = "a-token-that-must-stay-secret"
# The start of each request that cannot be parsed, with the status and code of its response.
UNREADABLE_REQUESTS = [
    (f"GET /api/v1/posts?text={TOKEN * 200} HTTP/1.1", 414, "address_too_long"),
    (f"GET /api/v1/posts HTTP/1.1\r\nAuthorization: Bearer {TOKEN * 400}", 431, "headers_too_large"),
    ("GET /api/v1/posts HTTP/1.1" + "\r\nX-More: 1" * 100, 431, "headers_too_large"),
    (f"GET /api/v1/posts HTTP/1.1\r\nAuthorization : Bearer {TOKEN}", 400, "malformed"),
    ("POST /api/v1/sessions HTTP/1.1\r\nTransfer-Encoding: folded", 400, "malformed"),
    ("GET /api/v1/posts HTTP/1.1\r\nExpect: tea", 400, "malformed"),
    (f"{TOKEN}", 400, "malformed"),
]


class Server:
    """A running gunicorn server and its ports."""

    def __init__(self, folder: Path) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        own = {"DJANGO_SETTINGS_MODULE": "config.settings", "VAR_DIR": str(folder), "OUTBOX_THREAD": "on"}
        ports = {"PORT": str(self.port), "METRICS_PORT": str(self.metrics_port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"],
            cwd=ROOT,
            env=inherited | own | ports,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_until(lambda: self.get("/livez")[0] == 200)

    def get(self, path: str, port: int | None = None) -> tuple[int, str]:
        """Return status and text; status 0 if there is no response."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def response_to(self, request: str) -> tuple[str, str]:
        """Return head and body of the last response on a connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as client:
            client.sendall(request.encode())
            with client.makefile("rb") as response:
                head, _, body = response.read().decode().partition("\r\n\r\n")
        return head, body

    def workers(self) -> list[int]:
        """Return the ids of the worker processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.process.kill()
    server.process.communicate()


def test_the_server_prints_its_welcome_serves_and_stops_on_sigterm(server: Server) -> None:
    assert server.get("/api/v1/config")[0] == 200
    assert server.get("/nowhere")[0] == 404
    server.process.send_signal(signal.SIGTERM)
    output, _ = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 0
    assert f"http://127.0.0.1:{server.port}/docs/" in output
    assert "route=api/v1/config status=200" in output


def test_metrics_are_served_on_their_own_port_only(server: Server) -> None:
    wait_until(lambda: "outbox_depth" in server.get("/metrics", port=server.metrics_port)[1])
    assert server.get("/metrics")[0] == 404


def test_unreadable_requests_get_a_problem_that_does_not_quote_them(server: Server) -> None:
    for start, status, code in UNREADABLE_REQUESTS:
        head, body = server.response_to(f"{start}\r\n\r\n")
        problem = json.loads(body)
        assert (problem["status"], problem["code"]) == (status, code), start
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert "Content-Type: application/problem+json" in head
        assert f"X-Request-ID: {problem['request_id']}" in head
        assert TOKEN not in head + body
    server.process.send_signal(signal.SIGTERM)
    output, _ = server.process.communicate(timeout=PATIENCE)
    assert f"request_id={problem['request_id']}" in output
    assert TOKEN not in output


def test_a_chunked_body_without_content_length_is_refused(server: Server) -> None:
    start = "POST /api/v1/sessions HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nConnection: close\r\n"
    head, body = server.response_to(f"{start}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")
    assert head.startswith("HTTP/1.1 411 ")
    assert json.loads(body)["code"] == "length_required"


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are read from /proc")
def test_a_killed_worker_is_replaced_and_none_outlives_the_master(server: Server) -> None:
    (first,) = server.workers()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: server.workers() not in ([], [first]) and server.get("/livez")[0] == 200)
    (second,) = server.workers()
    server.process.kill()
    server.process.wait()
    wait_until(lambda: not Path(f"/proc/{second}/cwd").exists())
