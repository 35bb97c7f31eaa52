"""Long load on the feed: errors, latencies and the memory of the server. `python -m benchmarks.endurance`.

16 and 64 clients read the feed without pauses for 60 s each, then 16 clients until the server has answered 200,000
requests. The memory of its processes is printed before and after. Run it with the Python of `make benchmark`, and
`--keep` to use the database that `make benchmark ARGS="--keep"` has seeded.
"""

import argparse
import os
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.api.load import Load, LoadGenerator, Request
from benchmarks.api.processor_time import memory_bytes
from benchmarks.api.servers import Servers, Size, running_backends
from tests.server_process import ROOT

REQUESTS = 200_000
# As by default, so that one process has places for all clients.
THREADS = 8
# Measurements after which it ends even though fewer were answered.
LONGEST = 10


def main() -> int:
    """Measure and print; return 1 if a request was refused."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    for name, default in Size(20_000, 200_000, 200_000)._asdict().items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"(default: {default})")
    parser.add_argument("--seconds", type=int, default=60, help="of each measurement (default: 60)")
    parser.add_argument("--keep", action="store_true", help="use the database that was kept")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        var = Path(stack.enter_context(TemporaryDirectory(prefix="heart-to-heart-endurance-")))
        backends = stack.enter_context(running_backends(ROOT / "var/benchmarks/postgres" if chosen.keep else None))
        load = stack.enter_context(LoadGenerator())
        servers = Servers(backends, var, stack, threads=THREADS)
        size = Size(chosen.members, chosen.blocks, chosen.posts)
        requests = [Request("/api/v1/posts", token) for token in servers.seed(size, 0).tokens]
        server = servers.get("ours", size)
        print(f"load average {os.getloadavg()[0]:.1f}")
        answered = refused = 0
        for connections in (16, 64, *[16] * LONGEST):
            seen = load.run(server.url, (requests * 2)[:connections], connections, chosen.seconds)
            answered += len(seen.latencies)
            refused += len(seen.latencies) - seen.statuses.get(200, 0)
            memory = [round(memory_bytes(pid) / 2**20, 1) for pid in server.workers()]
            print(f"{connections} clients: {_latencies(seen)}, by status {seen.statuses}", flush=True)
            print(f"{answered:,} answered, workers of {memory} MiB", flush=True)
            if answered >= REQUESTS:
                break
    print(f"{refused} refused")
    return 1 if refused else 0


def _latencies(seen: Load) -> str:
    p50, p99 = (statistics.quantiles(seen.latencies, n=100)[place] * 1_000 for place in (49, 98))
    return f"{len(seen.latencies) / seen.seconds:,.0f} requests/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
