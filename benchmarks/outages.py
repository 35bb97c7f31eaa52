"""How long clients and probes wait while the database is away, and how much is done above capacity.

`python -m benchmarks.outages [CLIENTS]`: so many clients (48) read the feed without pauses while the database is cut
off for 20 s and comes back, and while it hangs for 20 s and goes on. Before that, one client for each thread shows the
capacity of the server, and then as many requests as that and three times as many are sent, each on a connection of its
own, whether or not the others are answered. The server runs in two processes on the PostgreSQL and the Redis of
DATABASE_URL and REDIS_URL, or on new ones. The load average is printed too, because on a busy machine everybody waits.
"""

import asyncio
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.cuttable_proxy import SlowProxy
from tests.demo_server import demo_server
from tests.services import postgres_server, redis_server

THREADS, PROCESSES, OUTAGE_SECONDS, LOAD_SECONDS = 8, 2, 20.0, 10.0


@dataclass
class Client:
    """Requests the path again and again on one connection, and records when, what and how long."""

    port: int
    path: str
    token: str = ""
    pause: float = 0.0
    answers: list[tuple[float, int, float]] = field(default_factory=list)
    stopping: bool = False

    def run(self) -> None:
        """Request until `stopping`; a closed connection counts as status 0."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        while not self.stopping:
            began = time.perf_counter()
            try:
                connection.request("GET", self.path, headers=headers)
                response = connection.getresponse()
                response.read()
                status = response.status
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            self.answers.append((began, status, time.perf_counter() - began))
            time.sleep(self.pause)


@contextmanager
def running(clients: list[Client]) -> Iterator[None]:
    """Run each client in a thread."""
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for client in clients:
            client.stopping = True
        for thread in threads:
            thread.join()


def report(name: str, waits: list[float]) -> None:
    """Print number, median, 99th percentile and maximum, in milliseconds."""
    waits = sorted(waits) or [float("nan")]
    p99 = waits[min(len(waits) - 1, round(len(waits) * 0.99))]
    print(
        f"{name:32}{len(waits):7}  p50 {statistics.median(waits) * 1e3:8.1f}  p99 {p99 * 1e3:8.1f}"
        f"  max {waits[-1] * 1e3:8.1f} ms",
        flush=True,
    )


def log_in(port: int) -> str:
    """Return an access token."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"email": DEMO_MEMBER, "password": DEMO_PASSWORD})
    connection.request("POST", "/api/v1/sessions", body, {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    return str(answer["access"])


def measure_outage(port: int, token: str, number: int, begin: Callable[[], None], end: Callable[[], None]) -> None:
    """Take the database away under load, and give it back."""
    probes = [Client(port, path, pause=0.2) for path in ("/livez", "/readyz")]
    clients = [Client(port, "/api/v1/posts", token) for _ in range(number)]
    with running([*clients, *probes]):
        time.sleep(3)
        cut = time.perf_counter()
        begin()
        time.sleep(OUTAGE_SECONDS)
        end()
        restored = time.perf_counter()
        time.sleep(8)
    away = [
        (began, status, wait) for client in clients for began, status, wait in client.answers if cut < began < restored
    ]
    print(f"{number} clients, {begin.__name__} for {OUTAGE_SECONDS:.0f} s; load average {os.getloadavg()[0]:.1f}")
    print({status: sum(one[1] == status for one in away) for status in {one[1] for one in away}})
    report("503 while it is away", [wait for _, status, wait in away if status == 503])
    for probe in probes:
        report(probe.path, [wait for began, _, wait in probe.answers if cut < began < restored])
    good = [began + wait for client in clients for began, status, wait in client.answers if status == 200]
    report("first 200 after it is back", [min(one for one in good if one > restored) - restored])


def measure_capacity(port: int, token: str) -> float:
    """Return how many pages a second the server gives to one client for each of its threads."""
    clients = [Client(port, "/api/v1/posts", token) for _ in range(THREADS * PROCESSES)]
    with running(clients):
        time.sleep(LOAD_SECONDS)
    good = [wait for client in clients for _, status, wait in client.answers if status == 200]
    print(f"capacity: {len(good) / LOAD_SECONDS:.0f} pages a second; load average {os.getloadavg()[0]:.1f}")
    report("200", good)
    return len(good) / LOAD_SECONDS


def measure_load(port: int, token: str, rate: float) -> None:
    """Send so many requests a second from another process, and probe the server."""
    probes = [Client(port, path, pause=0.2) for path in ("/livez", "/readyz")]
    with running(probes), ProcessPoolExecutor(1) as process:
        answers = process.submit(offer, port, token, rate).result()
    good = [wait for status, wait in answers if status == 200]
    seconds = LOAD_SECONDS
    print(f"{rate:.0f} requests a second: {len(good) / seconds:.0f} pages; load average {os.getloadavg()[0]:.1f}")
    report("200", good)
    for status in sorted({status for status, _ in answers} - {200}):
        report(str(status), [wait for each, wait in answers if each == status])
    for probe in probes:
        report(probe.path, [wait for _, _, wait in probe.answers])


def offer(port: int, token: str, rate: float) -> list[tuple[int, float]]:
    """Send so many requests a second; return status and wait of each, with status 0 after ten seconds."""
    request = f"GET /api/v1/posts HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"

    async def send_one() -> tuple[int, float]:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(10):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request.encode())
                response = await reader.read(-1)
                writer.close()
            status = int(response[9:12] or 0)
        except (OSError, TimeoutError):
            status = 0
        return status, time.perf_counter() - began

    async def send_all() -> list[tuple[int, float]]:
        tasks: list[asyncio.Task[tuple[int, float]]] = []
        began = time.perf_counter()
        while (passed := time.perf_counter() - began) < LOAD_SECONDS:
            tasks += [asyncio.create_task(send_one()) for _ in range(round(passed * rate) - len(tasks))]
            await asyncio.sleep(0.005)
        return await asyncio.gather(*tasks)

    return asyncio.run(send_all())


def main() -> None:
    """Run all on a new server."""
    number = int(sys.argv[1]) if sys.argv[1:] else 48
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = SlowProxy(os.environ.get("DATABASE_URL") or stack.enter_context(postgres_server()))
        services = {
            "DATABASE_URL": database.url,
            "REDIS_URL": os.environ.get("REDIS_URL") or stack.enter_context(redis_server()),
        }
        settings = {"RATE_LIMITS": "off", "OUTBOX_THREAD": "off", "THREADS": str(THREADS), "LOG_LEVEL": "WARNING"}
        # Pages from the database, since the clients, on the same processors, need more for a page than a server that
        # has it in memory.
        with demo_server(var / "uncached", settings | {"FEED_CACHE_POSTS": "0"}, services) as server:
            token = log_in(server.port)
            capacity = measure_capacity(server.port, token)
            measure_load(server.port, token, capacity)
            measure_load(server.port, token, 3 * capacity)
        server = stack.enter_context(demo_server(var, settings, services))
        token = log_in(server.port)
        measure_outage(server.port, token, number, database.cut, database.restore)
        measure_outage(server.port, token, number, database.hold, database.release)


if __name__ == "__main__":
    main()
