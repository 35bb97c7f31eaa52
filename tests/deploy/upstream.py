"""A server that fails in any way one likes, to stand behind a proxy."""

import socket
import threading
from contextlib import suppress
from http.client import HTTPMessage, parse_headers
from types import TracebackType
from typing import Self

BREAKING_OFF = b"HTTP/1.1 20"


class Upstream:
    """Records the headers of requests in `received`, and does with each what was scripted last."""

    def __init__(self) -> None:
        self.received: list[HTTPMessage] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.open: list[socket.socket] = []
        self.answer: bytes | None = b""

    def says(self, answer: str) -> None:
        """Answer so, and keep the connection."""
        self.answer = answer.encode()

    def closes(self) -> None:
        """Read the request, and close."""
        self.answer = b""

    def hangs(self) -> None:
        """Read the request, and say nothing."""
        self.answer = None

    def breaks_off(self) -> None:
        """Close in the middle of the first line."""
        self.answer = BREAKING_OFF

    def leaves(self) -> None:
        """Be gone."""
        for connection in (self.listener, *self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.leaves()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.open.append(connection)
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError), connection.makefile("rb") as lines:
            while lines.readline():
                headers = parse_headers(lines)
                self.received.append(headers)
                lines.read(int(headers["Content-Length"] or 0))
                if self.answer is None:
                    continue
                connection.sendall(self.answer)
                if self.answer in (b"", BREAKING_OFF):
                    connection.shutdown(socket.SHUT_RDWR)
                    break
