"""Load: clients on keep-alive connections, in processes of their own, each with one request at a time."""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from http.client import HTTPConnection
from multiprocessing import get_context
from typing import NamedTuple
from urllib.parse import urlsplit

PROCESSES = 2
# Longest wait for one response. Seconds.
TIMEOUT = 60


class Request(NamedTuple):
    """One request, with the access token if it needs one."""

    path: str
    token: str = ""
    body: bytes | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Authorization, and the type of the body."""
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return token | ({"Content-Type": "application/json"} if self.body is not None else {})


class Load(NamedTuple):
    """What the clients saw: a latency in seconds for each request, and how often each status came."""

    latencies: list[float]
    statuses: dict[int, int]
    seconds: float


class LoadGenerator:
    """Processes with clients, started once, since starting takes longer than many a measurement."""

    def __init__(self) -> None:
        self.pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"))

    def __enter__(self) -> "LoadGenerator":
        return self

    def __exit__(self, *failure: object) -> None:
        self.pool.shutdown()

    def run(
        self, url: str, requests: Sequence[Request], connections: int, seconds: float, *, each: bool = False
    ) -> Load:
        """Send the requests in turn over so many connections until the time is over; with `each`, all at least once."""
        started = time.monotonic()
        shares = [
            [requests[client::connections] for client in range(connections)][p::PROCESSES] for p in range(PROCESSES)
        ]
        runs = [self.pool.submit(_run_clients, url, share, seconds, each) for share in shares if any(share)]
        seen = [client for run in runs for client in run.result()]
        latencies = [latency for client in seen for latency, _ in client]
        statuses = Counter(status for client in seen for _, status in client)
        return Load(latencies, dict(statuses), time.monotonic() - started)


def _run_clients(
    url: str, shares: Sequence[Sequence[Request]], seconds: float, each: bool
) -> list[list[tuple[float, int]]]:
    deadline = time.monotonic() + seconds
    shares = [share for share in shares if share]
    with ThreadPoolExecutor(len(shares)) as clients:
        return list(clients.map(lambda share: _run_client(url, share, deadline, len(share) if each else 1), shares))


def _run_client(url: str, requests: Sequence[Request], deadline: float, least: int) -> list[tuple[float, int]]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    seen, number = [], 0
    while number < least or time.monotonic() < deadline:
        request = requests[number % len(requests)]
        sent = time.perf_counter()
        connection.request("GET" if request.body is None else "POST", request.path, request.body, request.headers)
        response = connection.getresponse()
        response.read()
        seen.append((time.perf_counter() - sent, response.status))
        number += 1
    connection.close()
    return seen
