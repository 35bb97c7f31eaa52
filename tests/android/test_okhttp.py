"""The model of the app's HTTP client, against a scripted server: what OkHttp does by itself."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.android.app import App, Crashed, Session
from tests.android.okhttp import NetworkError, over_socket, posted

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
HANG_UP = b""
POST = posted("/member/block", {"member_id": 1, "target_id": 2})


def data(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Length: 0", *headers, "", ""]).encode()


class Script:
    """Sends its scripted responses one after the other, whatever the request; HANG_UP closes the connection."""

    def __init__(self, *answers: bytes) -> None:
        self.answers, self.received, self.connections = [*answers], list[str](), 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        self.send = over_socket("127.0.0.1", self.listener.getsockname()[1])

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections += 1
                with client:
                    self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        while self.answers and (received := client.recv(65_536)):
            self.received.append(received.split(b" HTTP")[0].decode())
            if not (answer := self.answers.pop(0)):
                return
            client.sendall(answer)


ScriptOf = Callable[..., Script]


@pytest.fixture
def script() -> Iterator[ScriptOf]:
    made: list[Script] = []

    def make(*answers: bytes) -> Script:
        made.append(Script(*answers))
        return made[-1]

    yield make
    for one in made:
        # Closing alone does not wake a thread that waits for a connection.
        one.listener.shutdown(socket.SHUT_RDWR)
        one.listener.close()


def test_a_timed_out_request_is_repeated_only_once(script: ScriptOf) -> None:
    late = data("408 Request Timeout")
    assert script(late, GOOD).send(POST, "", 5).before == (408,)
    assert script(late, late, GOOD).send(POST, "", 5).status == 408
    assert script(data("408 Request Timeout", "Retry-After: 1"), GOOD).send(POST, "", 5).status == 408


def test_an_outage_is_repeated_once_after_retry_after(script: ScriptOf) -> None:
    now = data("503 Service Unavailable", "Retry-After: 0")
    assert script(now, GOOD).send(POST, "", 5).before == (503,)
    assert script(now, now, GOOD).send(POST, "", 5).status == 503
    assert script(data("503 Service Unavailable"), GOOD).send(POST, "", 5).status == 503


@pytest.mark.parametrize("status", ["300 Multiple Choices", "301 Moved Permanently", "302 Found", "303 See Other"])
def test_a_redirect_makes_a_post_a_get(script: ScriptOf, status: str) -> None:
    server = script(data(status, "Location: /member/block/"), GOOD)
    assert server.send(POST, "", 5).before == (int(status[:3]),)
    assert server.received == ["POST /member/block", "GET /member/block/"]


def test_a_strict_redirect_is_followed_by_reading_only(script: ScriptOf) -> None:
    server = script(data("308 Permanent Redirect", "Location: /member/block/"), GOOD)
    assert server.send(POST, "", 5).status == 308


def test_a_redirect_that_was_followed_crashes_the_model(script: ScriptOf) -> None:
    app = App(script(data("301 Moved Permanently", "Location: /x/"), GOOD).send, Session(1, "a", "r", "e", "n", "n"))
    with pytest.raises(Crashed, match="no redirect"):
        app.block(2)


def test_a_packed_answer_is_unpacked_before_use(script: ScriptOf) -> None:
    body = gzip.compress(b'{"message":"packed"}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    assert script(head + body).send(POST, "", 5).json() == {"message": "packed"}
    with pytest.raises(NetworkError):
        script(head + bytes(len(body))).send(POST, "", 5)


def test_a_kept_connection_found_closed_is_replaced_once(script: ScriptOf) -> None:
    server = script(GOOD, HANG_UP, GOOD)
    server.send(POST, "", 5)
    assert server.send(POST, "", 5).is_good
    assert (server.connections, len(server.received)) == (2, 3)


def test_a_new_connection_that_is_closed_is_not(script: ScriptOf) -> None:
    with pytest.raises(NetworkError):
        script(HANG_UP, GOOD).send(POST, "", 5)
    client = script(GOOD, HANG_UP, HANG_UP, GOOD)
    client.send(POST, "", 5)
    with pytest.raises(NetworkError):
        client.send(POST, "", 5)


def test_a_request_without_response_is_not_repeated(script: ScriptOf) -> None:
    server = script(GOOD, b"HTTP/1.1 200 OK\r\n", GOOD)
    server.send(POST, "", 5)
    with pytest.raises(NetworkError):
        server.send(POST, "", 0.1)
    assert len(server.received) == 2
