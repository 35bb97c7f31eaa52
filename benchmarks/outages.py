"""How long clients and probes wait while the database is away, and how much is done above capacity.

`python -m benchmarks.outages [CLIENTS]`: so many clients (48) read the feed without pauses while the database is cut
off for 20 s and comes back; then one client for each thread of the server, and three times as many. The server runs in
two processes on the PostgreSQL and the Redis of DATABASE_URL and REDIS_URL, or on new ones. The load average is
printed too, because on a busy machine everybody waits.
"""

import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.cuttable_proxy import CuttableProxy
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


def measure_outage(port: int, token: str, database: CuttableProxy, number: int) -> None:
    """Cut the database off under load."""
    probes = [Client(port, path, pause=0.2) for path in ("/livez", "/readyz")]
    clients = [Client(port, "/api/v1/posts", token) for _ in range(number)]
    with running([*clients, *probes]):
        time.sleep(3)
        database.cut()
        cut = time.perf_counter()
        time.sleep(OUTAGE_SECONDS)
        database.restore()
        restored = time.perf_counter()
        time.sleep(8)
    away = [
        (began, status, wait) for client in clients for began, status, wait in client.answers if cut < began < restored
    ]
    print(f"{number} clients, database away for {OUTAGE_SECONDS:.0f} s; load average {os.getloadavg()[0]:.1f}")
    print({status: sum(one[1] == status for one in away) for status in {one[1] for one in away}})
    report("503 while it is away", [wait for _, status, wait in away if status == 503])
    for probe in probes:
        report(probe.path, [wait for began, _, wait in probe.answers if cut < began < restored])
    good = [began + wait for client in clients for began, status, wait in client.answers if status == 200]
    report("first 200 after it is back", [min(one for one in good if one > restored) - restored])


def measure_load(port: int, token: str, number: int) -> None:
    """Read the feed with so many clients."""
    probes = [Client(port, path, pause=0.2) for path in ("/livez", "/readyz")]
    clients = [Client(port, "/api/v1/posts", token) for _ in range(number)]
    with running([*clients, *probes]):
        time.sleep(LOAD_SECONDS)
    good = [wait for client in clients for _, status, wait in client.answers if status == 200]
    print(f"{number} clients: {len(good) / LOAD_SECONDS:.0f} pages a second; load average {os.getloadavg()[0]:.1f}")
    report("200", good)
    report("others", [wait for client in clients for _, status, wait in client.answers if status != 200])
    for probe in probes:
        report(probe.path, [wait for _, _, wait in probe.answers])


def main() -> None:
    """Run all on a new server."""
    number = int(sys.argv[1]) if sys.argv[1:] else 48
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = CuttableProxy(os.environ.get("DATABASE_URL") or stack.enter_context(postgres_server()))
        services = {
            "DATABASE_URL": database.url,
            "REDIS_URL": os.environ.get("REDIS_URL") or stack.enter_context(redis_server()),
        }
        settings = {"RATE_LIMITS": "off", "OUTBOX_THREAD": "off", "THREADS": str(THREADS), "LOG_LEVEL": "WARNING"}
        server = stack.enter_context(demo_server(var, settings, services))
        token = log_in(server.port)
        measure_load(server.port, token, THREADS * PROCESSES)
        measure_load(server.port, token, THREADS * PROCESSES * 3)
        measure_outage(server.port, token, database, number)


if __name__ == "__main__":
    main()
