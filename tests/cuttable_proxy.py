"""TCP proxies in front of a database or a cache that can be cut, made slow, or hold back what is sent."""

import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit

REQUESTS, REPLIES = "requests", "replies"


class CuttableProxy:
    """Forwards every connection to `port` to the server at `url`, and back, until it is cut."""

    def __init__(self, url: str) -> None:
        self.target = urlsplit(url)
        self.sockets: list[socket.socket] = []
        self.port = 0
        self._lock = threading.Lock()
        self.restore()

    @property
    def url(self) -> str:
        """Where the server is reached through this proxy."""
        name, at, _ = self.target.netloc.rpartition("@")
        return self.target._replace(netloc=f"{name}{at}127.0.0.1:{self.port}").geturl()

    def cut(self) -> None:
        """End every connection, in the middle of whatever it sends, and refuse new ones."""
        with self._lock:
            sockets, self.sockets = self.sockets, []
        for each in sockets:
            _end(each)

    def restore(self) -> None:
        """Take connections again, at the same port as before."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self.sockets.append(listener)
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection((self.target.hostname or "", self.target.port or 0))
                self._connect(listener, client, server)

    def _connect(self, listener: socket.socket, client: socket.socket, server: socket.socket) -> None:
        """Forward between the two; end both if the proxy was cut after it accepted the client."""
        with self._lock:
            is_cut = listener not in self.sockets
            if not is_cut:
                self.sockets += [client, server]
        for side, source, target in ((REQUESTS, client, server), (REPLIES, server, client)):
            if is_cut:
                _end(source)
            else:
                threading.Thread(target=self._forward, args=(side, source, target), daemon=True).start()

    def _forward(self, side: str, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                self.send(side, data, target)
        for each in (source, target):
            _end(each)

    def send(self, side: str, data: bytes, target: socket.socket) -> None:
        """Send on what this side sent; a subclass may do it later."""
        target.sendall(data)


class SlowProxy(CuttableProxy):
    """One that takes its time, or holds back what a side sends."""

    def __init__(self, url: str) -> None:
        # What each piece waits. Seconds.
        self.delay = 0.0
        self.holds_something = threading.Event()
        self._open = threading.Event()
        self._held_sides: tuple[str, ...] = ()
        super().__init__(url)

    def send(self, side: str, data: bytes, target: socket.socket) -> None:
        """Send on what this side sent, later or not before `release`."""
        time.sleep(self.delay)
        if side in self._held_sides and self._is_held():
            target.sendall(data[: self._passed_bytes])
            data = data[self._passed_bytes :]
            self.holds_something.set()
            self._open.wait()
        target.sendall(data)

    def _is_held(self) -> bool:
        with self._lock:
            self._passed_pieces -= 1
            return self._passed_pieces < 0

    def hold(self, *sides: str, passed_pieces: int = 0, passed_bytes: int = 0) -> None:
        """Hold back whatever these sides send after so many pieces, and after so many bytes of each.

        With both sides, all from the beginning: as a machine whose kernel runs and whose processes do not.
        """
        self._passed_pieces, self._passed_bytes = passed_pieces, passed_bytes
        self.holds_something.clear()
        self._open.clear()
        self._held_sides = sides or (REQUESTS, REPLIES)

    def release(self) -> None:
        """Send on what was held back, and all that comes."""
        self._held_sides = ()
        self._open.set()


def _end(connection: socket.socket) -> None:
    # Shutting down wakes whoever waits in another thread, which closing does not.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
