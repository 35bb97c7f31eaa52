"""What the server sends at once: a process that is killed leaves a whole response or none."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from config.gunicorn_response import SingleSendResponse

Sockets = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Sockets]:
    """Two ends of a connection on which each read returns what was sent at once."""
    ours, client = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client.setblocking(False)
    with closing(ours), closing(client):
        yield ours, client


def respond(ends: Sockets, pieces: list[bytes], *, method: str = "GET", status: str = "200 OK", **headers: str) -> Any:
    """Send a response as the worker does; returns what was sent, each piece as the client reads it."""
    ours, client = ends
    settings = Config()
    request = next(RequestParser(settings, [f"{method} / HTTP/1.1\r\nHost: a\r\n\r\n".encode()], ("127.0.0.1", 1)))
    response = SingleSendResponse(request, ours, settings)
    response.start_response(status, [(name.replace("_", "-"), value) for name, value in headers.items()])
    for piece in pieces:
        response.write(piece)
    response.close()
    ours.shutdown(socket.SHUT_WR)
    return [*iter(lambda: client.recv(65_536), b"")]


def test_head_and_body_are_sent_at_once(ends: Sockets) -> None:
    [sent] = respond(ends, [b"{}"], Content_Length="2", X_Name="é")
    assert sent.startswith(b"HTTP/1.1 200 OK\r\n")
    assert sent.endswith(b"\r\nContent-Length: 2\r\nX-Name: \xe9\r\n\r\n{}")


@pytest.mark.parametrize(
    ("method", "status"), [("GET", "204 No Content"), ("HEAD", "200 OK"), ("GET", "304 Not Modified")]
)
def test_a_response_without_a_body_is_sent_once(ends: Sockets, method: str, status: str) -> None:
    [sent] = respond(ends, [], method=method, status=status)
    assert sent.endswith(b"\r\n\r\n")


def test_a_body_in_pieces_follows_its_head_in_order(ends: Sockets) -> None:
    first, second = respond(ends, [b"ab", b"c"], Content_Length="3")
    assert first.endswith(b"\r\n\r\nab")
    assert second == b"c"


def test_a_body_of_unknown_length_is_sent_in_chunks(ends: Sockets) -> None:
    sent = b"".join(respond(ends, [b"ab", b"c"]))
    assert b"\r\nTransfer-Encoding: chunked\r\n" in sent
    assert sent.endswith(b"\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
