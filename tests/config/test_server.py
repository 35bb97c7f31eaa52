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

from tests.demo_server import demo_server
from tests.polling import wait_until
from tests.server_process import STOP_SECONDS, ServerProcess
from tests.services import free_port

pytestmark = pytest.mark.one_leg

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


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server on SQLite, with one worker process and a port for metrics."""
    settings = {"METRICS_PORT": str(free_port())}
    with demo_server(tmp_path_factory.mktemp("server"), settings, services={}) as server:
        yield server


@pytest.fixture
def server(shared_server: ServerProcess) -> ServerProcess:
    """That server, started again if the last test ended it."""
    if shared_server.process is None:
        shared_server.start()
    return shared_server


def get(server: ServerProcess, path: str, port: int = 0) -> tuple[int, str]:
    """Return status and text; status 0 if there is no response."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port or server.port}{path}", timeout=STOP_SECONDS) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def response_to(server: ServerProcess, request: str) -> tuple[str, str]:
    """Return head and body of the last response on a connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=STOP_SECONDS) as client:
        client.sendall(request.encode())
        with client.makefile("rb") as response:
            head, _, body = response.read().decode().partition("\r\n\r\n")
    return head, body


def test_the_server_prints_its_welcome_serves_and_stops_on_sigterm(server: ServerProcess) -> None:
    assert get(server, "/api/v1/config")[0] == 200
    assert get(server, "/nowhere")[0] == 404
    assert server.stop() == 0
    assert f"http://127.0.0.1:{server.port}/docs/" in server.log
    assert "route=api/v1/config status=200" in server.log


@pytest.mark.parametrize("bind", ["::1", "[::1]"])
def test_gunicorn_gets_brackets_around_an_ipv6_address(bind: str) -> None:
    script = "import django; django.setup(); from config import gunicorn; print(gunicorn.bind)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "BIND": bind, "PORT": "8123"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[::1]:8123"


def test_metrics_are_served_on_their_own_port_only(server: ServerProcess) -> None:
    port = int(server.environment["METRICS_PORT"])
    wait_until(lambda: "outbox_depth" in get(server, "/metrics", port)[1])
    assert get(server, "/metrics")[0] == 404
    # Another address of this machine, on which the server does not listen.
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=STOP_SECONDS):
        pass


def test_unreadable_requests_get_a_problem_that_does_not_quote_them(server: ServerProcess) -> None:
    for start, status, code in UNREADABLE_REQUESTS:
        head, body = response_to(server, f"{start}\r\n\r\n")
        problem = json.loads(body)
        assert (problem["status"], problem["code"]) == (status, code), start
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert "Content-Type: application/problem+json" in head
        assert f"X-Request-ID: {problem['request_id']}" in head
        assert TOKEN not in head + body
    wait_until(lambda: f"request_id={problem['request_id']}" in server.log)
    assert TOKEN not in server.log


def test_a_chunked_body_without_content_length_is_refused(server: ServerProcess) -> None:
    start = "POST /api/v1/sessions HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nConnection: close\r\n"
    head, body = response_to(server, f"{start}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")
    assert head.startswith("HTTP/1.1 411 ")
    assert json.loads(body)["code"] == "length_required"


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are read from /proc")
def test_a_killed_worker_is_replaced_and_none_outlives_the_master(server: ServerProcess) -> None:
    (first,) = server.workers()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: server.workers() not in ([], [first]) and get(server, "/livez")[0] == 200)
    (second,) = server.workers()
    assert server.process
    os.kill(server.process.pid, signal.SIGKILL)
    server.stop()
    wait_until(lambda: not Path(f"/proc/{second}/cwd").exists())
