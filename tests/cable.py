"""A line to a server that can be cut and mended, for stories in which a database or a cache is away."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Cable:
    """Hands on whatever comes in at `port` to the server behind `url`, and back, until it is cut."""

    def __init__(self, url: str) -> None:
        self.there = urlsplit(url)
        self.ends: list[socket.socket] = []
        self.port = 0
        self.mend()

    @property
    def url(self) -> str:
        """Where the server is reached through this line."""
        name, at, _ = self.there.netloc.rpartition("@")
        return self.there._replace(netloc=f"{name}{at}127.0.0.1:{self.port}").geturl()

    def cut(self) -> None:
        """End every connection in the middle of what it says; new ones are refused."""
        ends, self.ends = self.ends, []
        for end in ends:
            _end(end)

    def mend(self) -> None:
        """Take connections, at the same port as before."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self.ends.append(listener)
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection((self.there.hostname or "", self.there.port or 0))
                self.ends += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            sink.sendall(piece)
    for end in (source, sink):
        _end(end)


def _end(connection: socket.socket) -> None:
    # Shutting down wakes whoever waits in another thread, which closing does not.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
