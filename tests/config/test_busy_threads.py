"""A server whose threads are all busy: probes are answered, some requests wait, more are refused."""

import http.client
import json
import select
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest

from tests.demo_server import demo_server
from tests.polling import wait_until
from tests.server_process import ServerProcess
from tests.services import free_port

pytestmark = pytest.mark.one_leg

THREADS, QUEUE_SIZE = 2, 3
# Shorter than the 20 s for which a thread waits for the rest of a body. Seconds.
PATIENCE = 10
GET = "GET {} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
BODY = b"{}"
POST = (
    "POST /api/v1/verification-codes HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nConnection: close\r\n"
    f"Content-Length: {len(BODY)}\r\nExpect: 100-continue\r\n\r\n"
)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server on SQLite that would wait for ten minutes before it stops."""
    settings = {"THREADS": str(THREADS), "REQUEST_QUEUE_SIZE": str(QUEUE_SIZE), "METRICS_PORT": str(free_port())}
    also = {"GRACEFUL_SECONDS": "600", "OUTBOX_THREAD": "off"}
    with demo_server(tmp_path_factory.mktemp("server"), settings | also, services={}) as server:
        yield server


@pytest.fixture
def server(shared_server: ServerProcess) -> ServerProcess:
    """That server, started again if the last test ended it."""
    if shared_server.process is None:
        shared_server.start()
    return shared_server


@contextmanager
def busy_threads(server: ServerProcess, number: int = THREADS) -> Iterator[list[socket.socket]]:
    """Clients that each keep a thread waiting for the body of their request."""
    with ExitStack() as stack:
        clients = [stack.enter_context(closing(send(server, POST))) for _ in range(number)]
        for client in clients:
            assert client.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        yield clients


def send(server: ServerProcess, request: str) -> socket.socket:
    """Send a request on a connection of its own."""
    client = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    client.sendall(request.encode())
    return client


def answer(client: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the response to a client."""
    response = http.client.HTTPResponse(client)
    response.begin()
    return response.status, dict(response.getheaders()), response.read()


def get(server: ServerProcess, path: str) -> tuple[int, dict[str, str], bytes]:
    with closing(send(server, GET.format(path))) as client:
        return answer(client)


def test_probes_are_answered_while_every_thread_is_busy(server: ServerProcess) -> None:
    with busy_threads(server) as clients:
        assert [get(server, path)[0] for path in ("/livez", "/readyz", "/profile")] == [200, 200, 200]
        for client in clients:
            client.sendall(BODY)
        assert [answer(client)[0] for client in clients] == [400] * THREADS


def test_more_requests_than_may_wait_are_refused_and_the_others_answered(server: ServerProcess) -> None:
    with busy_threads(server) as clients, ExitStack() as stack:
        waiting = [
            stack.enter_context(closing(send(server, GET.format("/api/v1/config")))) for _ in range(QUEUE_SIZE + 1)
        ]
        [refused], *_ = select.select(waiting, [], [], PATIENCE)
        waiting.remove(refused)
        for status, headers, body in (answer(refused), get(server, "/api/v1/posts")):
            problem = json.loads(body)
            assert (status, headers["Retry-After"], problem["code"]) == (503, "2", "unavailable")
            assert (headers["X-Request-ID"], len(waiting)) == (problem["request_id"], QUEUE_SIZE)
        for client in clients:
            client.sendall(BODY)
        assert [answer(client)[0] for client in [*clients, *waiting]] == [400, 400, 200, 200, 200]
    port = int(server.environment["METRICS_PORT"])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as metrics:
        assert b"h2h_requests_refused_total 2.0" in metrics.read()


def test_the_android_app_is_not_answered_when_its_request_is_refused(server: ServerProcess) -> None:
    with busy_threads(server), ExitStack() as stack:
        waiting = [
            stack.enter_context(closing(send(server, GET.format("/api/v1/config")))) for _ in range(QUEUE_SIZE + 1)
        ]
        assert select.select(waiting, [], [], PATIENCE)[0]
        with closing(send(server, GET.format("/member/profile?member_id=1"))) as app, suppress(ConnectionResetError):
            assert app.recv(1_000) == b""


def test_clients_that_do_not_close_their_side_keep_nobody_waiting(server: ServerProcess) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(closing(send(server, GET.format("/livez")))) for _ in range(10)]
        assert [answer(client)[0] for client in clients] == [200] * 10
        assert get(server, "/livez")[0] == 200


def test_clients_that_say_nothing_take_no_thread_and_delay_no_stop(server: ServerProcess) -> None:
    with ExitStack() as stack:
        for _ in range(THREADS + QUEUE_SIZE):
            stack.enter_context(closing(send(server, "")))
        assert get(server, "/api/v1/config")[0] == 200
        assert server.stop() == 0


def test_after_sigterm_what_was_taken_is_finished_and_nothing_else_taken(server: ServerProcess) -> None:
    process = server.process
    assert process
    with busy_threads(server) as clients, closing(send(server, GET.format("/api/v1/config"))) as waiting:
        process.terminate()
        wait_until(lambda: _is_refused(server))
        for client in clients:
            client.sendall(BODY)
        # Without their bodies they would be malformed.
        assert [json.loads(answer(client)[2])["code"] for client in clients] == ["invalid", "invalid"]
        assert answer(waiting)[0] == 200
    assert server.stop() == 0


def _is_refused(server: ServerProcess) -> bool:
    try:
        send(server, "").close()
    except ConnectionRefusedError:
        return True
    return False
