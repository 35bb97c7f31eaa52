"""gunicorn's worker class: probes are answered and too many requests refused, however busy the threads are.

A refusal, of a request that cannot be parsed too, is a problem document, where gunicorn would send HTML. Also its log.
"""

import re
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from importlib import import_module
from selectors import EVENT_READ
from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from config import gunicorn_response

# The path of a request, from its first bytes. No path that is looked for is longer.
PATH = re.compile(rb"[A-Z]+ (/[^ ?\r\n]*)")
PEEK_BYTES = 256
# Probes that may wait for their thread, which takes milliseconds for each.
PROBE_QUEUE_SIZE = 16
# Longest wait for a client that does not close its connection. Seconds.
LINGER_SECONDS = 2.0
DRAIN_BYTES = 65_536


class CountingPool(ThreadPoolExecutor):
    """A pool of threads that knows how many of its calls have not ended."""

    def __init__(self, threads: int, queue_size: int) -> None:
        super().__init__(threads)
        self.threads, self.queue_size = threads, queue_size
        self._unfinished, self._lock = 0, threading.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether another call would wait for a thread."""
        return self._unfinished >= self.threads

    @property
    def is_full(self) -> bool:
        """Whether as many calls wait as may."""
        return self._unfinished >= self.threads + self.queue_size

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Schedule the call."""
        with self._lock:
            self._unfinished += 1
        future = super().submit(function, *args, **kwargs)
        future.add_done_callback(self._count_down)
        return future

    def _count_down(self, future: "Future[Any]") -> None:
        with self._lock:
            self._unfinished -= 1


class ErrorLogger(Logger):  # type: ignore[misc]
    """gunicorn's log of errors; its access log would prepare a line for each request, which nobody writes."""

    access_log_enabled = False


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker whose main loop never waits, and gives a thread only to requests that have arrived.

    gunicorn queues requests without end, so that above its capacity a server answers all of them too late. This one
    refuses more than REQUEST_QUEUE_SIZE, and has a thread for each health check that is used while the others are busy.
    """

    tpool: CountingPool

    def init_process(self) -> None:
        """Prepare what the main loop needs, and run it."""
        # Their imports need Django's setup, which is later than the import of this class.
        health, self.refusals = import_module("operations.health"), import_module("config.refusals")
        self.probe_pools = {path: CountingPool(1, PROBE_QUEUE_SIZE) for path in health.HEALTH_CHECKS}
        # Finished connections that their clients keep open, oldest first, with the bytes that each may still send.
        self.lingering: dict[TConn, int] = {}
        self.is_told_to_stop = False
        gunicorn_response.use_for_all_requests()
        super().init_process()

    def get_thread_pool(self) -> CountingPool:
        """Return the pool for all requests (gunicorn's hook)."""
        return CountingPool(self.cfg.threads, settings.REQUEST_QUEUE_SIZE)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to stop on SIGTERM."""
        self.is_told_to_stop = True
        super().handle_exit(sig, frame)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Accept connections or not; a server that stops takes those that wait, and has the kernel refuse others.

        gunicorn would let them connect, and reset them at the end. A worker that only restarts leaves them to others.
        """
        super().set_accept_enabled(enabled)
        if self.is_told_to_stop and not enabled:
            for listener in self.sockets:
                taken = -1
                while taken < self.nr_conns:
                    taken = self.nr_conns
                    self.accept(listener)
                listener.close()

    def enqueue_req(self, conn: TConn) -> None:
        """Give the connection's request to a thread, refuse it, or wait until it arrives."""
        start = _peek(conn)
        if start is None:
            self._wait_for_request(conn)
            return
        if not start:
            self._linger(conn)
            return
        conn.data_ready = True
        found = PATH.match(start)
        path = found[1].decode("latin-1") if found else ""
        pool = self.probe_pools.get(path, self.tpool) if self.tpool.is_busy else self.tpool
        if pool.is_full:
            self._refuse(conn, path)
        else:
            pool.submit(self.handle, conn).add_done_callback(
                lambda future: self.method_queue.defer(self.finish_request, conn, future)
            )

    def _wait_for_request(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _refuse(self, conn: TConn, path: str) -> None:
        """Send 503, or close the connection of a client that must not get a response; none of it waits."""
        if response := self.refusals.refuse_overload(path):
            with suppress(OSError):
                conn.sock.setblocking(False)
                # Closing would reset the connection while what has arrived is not read.
                conn.sock.recv(DRAIN_BYTES)
                conn.sock.send(response)
        self._linger(conn)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Keep the connection for another request, or close it without waiting for the client.

        gunicorn would wait in the main loop, for two seconds for each client that keeps its side open.
        """
        if fs.cancelled() or fs.exception() or not fs.result():
            self._linger(conn)
        else:
            super().finish_request(conn, fs)

    def _linger(self, conn: TConn) -> None:
        """Send the end of the response, and close the connection when the client does (RFC 9112, 9.6)."""
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self.lingering[conn] = DRAIN_BYTES
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except OSError:
            self._close(conn)

    def _drain(self, conn: TConn, client: socket.socket) -> None:
        received = 0
        with suppress(OSError):
            received = len(client.recv(self.lingering[conn]))
        self.lingering[conn] -= received
        if not received or not self.lingering[conn]:
            self._close(conn)

    def _close(self, conn: TConn) -> None:
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        del self.lingering[conn]
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close connections whose time is over."""
        super().murder_pending()
        while self.lingering and (oldest := next(iter(self.lingering))).timeout <= time.monotonic():
            self._close(oldest)

    def _cap_keepalive(self, deadline: float) -> None:
        """End the wait of silent connections, too, when the worker stops."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Send the problem for an error of the parser (gunicorn's hook)."""
        with suppress(OSError):
            client.sendall(self.refusals.refuse_unreadable(exc))


def _peek(conn: TConn) -> bytes | None:
    """Return how the next request starts; None if nothing has arrived, nothing if the client has closed."""
    if conn.parser and (read_ahead := conn.parser.unreader.buf.getvalue()):
        return bytes(read_ahead[:PEEK_BYTES])
    try:
        return bytes(conn.sock.recv(PEEK_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return None
    except OSError:
        return b""
