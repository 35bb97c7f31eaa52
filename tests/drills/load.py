"""Clients that send requests without pauses on connections that stay open, and what became of the requests."""

import json
import math
import os
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.polling import wait_until
from tests.server_process import ServerProcess

# Longest wait for a response. A phone gives up before, but a busy test machine is slow. Seconds.
PATIENCE = 30
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass
class Outcomes:
    """Statuses and durations of requests; an error of the connection counts under its name."""

    statuses: Counter[int | str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def errors(self) -> dict[int | str, int]:
        """The statuses from 500 up and the errors of connections, with their numbers."""
        return {status: number for status, number in self.statuses.items() if not _is_good(status)}

    def percentile(self, part: float) -> float:
        """Return the duration that this part of the requests did not exceed. Milliseconds."""
        ordered = sorted(self.seconds) or [math.nan]
        return 1e3 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _is_good(status: int | str) -> bool:
    return isinstance(status, int) and status < 500


class KeepAliveClient:
    """One connection to the server; reads responses with a Content-Length only, and costs little."""

    def __init__(self, server: ServerProcess) -> None:
        self._port = server.port
        self._socket: socket.socket | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the next request is sent on the connection of the last one."""
        return self._socket is not None

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; return status and body. Raises OSError, after which the next request connects again."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self._socket.sendall(request)
            head, _, body = self._receive_until(b"\r\n\r\n")
            found = LENGTH.search(head)
            while found and len(body) < int(found[1]):
                body += self._receive()
        except OSError:
            self.close()
            raise
        if b"\r\nConnection: close" in head:
            self.close()
        return int(head[9:12]), body

    def close(self) -> None:
        """Close the connection."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _receive_until(self, end: bytes) -> tuple[bytes, bytes, bytes]:
        received = b""
        while end not in received:
            received += self._receive()
        return received.partition(end)

    def _receive(self) -> bytes:
        assert self._socket
        if data := self._socket.recv(262_144):
            return data
        raise ConnectionResetError("The server closed the connection.")


def request_bytes(method: str, path: str, token: str = "", body: Any = None, **headers: str) -> bytes:
    """Return a request to the API as it is sent; `body` becomes JSON unless it is bytes."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    all_headers = {"Host": "here", "Content-Length": len(content), "Content-Type": "application/json"}
    all_headers |= {"Authorization": f"Bearer {token}"} if token else {}
    all_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} /api/v1/{path} HTTP/1.1", *(f"{name}: {value}" for name, value in all_headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


def log_in(server: ServerProcess) -> str:
    """Return an access token of the demo member."""
    credentials = {"email": DEMO_MEMBER, "password": DEMO_PASSWORD}
    with closing(KeepAliveClient(server)) as client:
        status, body = client.send(request_bytes("POST", "sessions", body=credentials))
    assert status == 201, body
    return str(json.loads(body)["access"])


def texts_in_feed(server: ServerProcess, token: str) -> list[str]:
    """Return the texts of all posts."""
    texts: list[str] = []
    query = "limit=100"
    with closing(KeepAliveClient(server)) as client:
        while query:
            page = json.loads(client.send(request_bytes("GET", f"posts?{query}", token))[1])
            texts += [post["text"] for post in page["results"]]
            query = f"limit=100&cursor={page['next']}" if page["next"] else ""
    return texts


def read_mix(server: ServerProcess, token: str) -> list[bytes]:
    """Return requests as phones send them, and some that are refused, none of which changes anything."""
    with closing(KeepAliveClient(server)) as client:
        page = json.loads(client.send(request_bytes("GET", "posts?limit=5", token))[1])
    post, author = page["results"][0]["id"], page["results"][0]["author"]["id"]
    paths = [
        "posts",
        f"posts?limit=5&cursor={page['next']}",
        f"posts/{post}",
        f"members/{author}",
        f"posts?author={author}",
        "posts?following=true",
        "me",
        "me/sessions",
        "config",
        "posts/1",
        "nowhere",
        "posts?limit=0",
    ]
    return [request_bytes("GET", path, token) for path in paths] + [request_bytes("GET", "posts")]


def send_all(server: ServerProcess, requests: Sequence[bytes], number: int, connections: int) -> Outcomes:
    """Send so many of the requests in turn, divided among so many connections, and show the progress."""
    return _run(server, requests, connections, number=number)


def send_for(server: ServerProcess, requests: Sequence[bytes], seconds: float, connections: int) -> Outcomes:
    """Send the requests in turn for so many seconds on so many connections, and show the progress."""
    return _run(server, requests, connections, seconds=seconds)


def _run(
    server: ServerProcess, requests: Sequence[bytes], connections: int, number: float = math.inf, seconds: float = 1e9
) -> Outcomes:
    outcomes, until = Outcomes(), time.monotonic() + seconds
    # Shared, because one connection is served faster than another; taking the next one is atomic.
    turns = cycle(requests) if number == math.inf else islice(cycle(requests), int(number))

    def send_in_turn() -> None:
        with closing(KeepAliveClient(server)) as client:
            for request in turns:
                began = time.monotonic()
                if began > until:
                    return
                outcomes.statuses[_status(client, request)] += 1
                outcomes.seconds.append(time.monotonic() - began)

    with ThreadPoolExecutor(connections) as threads, _progress(outcomes):
        running = [threads.submit(send_in_turn) for _ in range(connections)]
        for each in running:
            each.result()
    return outcomes


def _status(client: KeepAliveClient, request: bytes) -> int | str:
    try:
        return client.send(request)[0]
    except OSError as error:
        return type(error).__name__


@contextmanager
def _progress(outcomes: Outcomes) -> Iterator[None]:
    """Print every ten seconds how many requests there were."""
    ended = threading.Event()

    def show() -> None:
        while not ended.wait(10):
            report(f"{len(outcomes.seconds)} requests so far")

    thread = threading.Thread(target=show)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def report(text: str) -> None:
    """Print a line of progress or a figure, with the load of the machine that it depends on."""
    print(f"  {text} (load average {os.getloadavg()[0]:.1f})", flush=True)


def wait_for_more(results: Sequence[Any], number: int) -> None:
    """Wait until so many have been added to the results."""
    least = len(results) + number
    wait_until(lambda: len(results) >= least)
