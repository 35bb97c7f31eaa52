"""Phones of a social network on one server, and what it needs for them: `python -m benchmarks.phones`.

Locust runs the phones of benchmarks/locustfile.py against the server as a pod of the chart runs it, on a PostgreSQL and
a Redis of its own. Written to `phones.json` is what the autoscaler is told of such a pod: CPU, memory and requests a
second. Run it with the Python of `make benchmark`, which has locust.
"""

import argparse
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.api.processor_time import memory_bytes, processor_seconds
from benchmarks.api.seeding import DOMAIN
from benchmarks.api.servers import Servers, Size, running_backends
from tests.deploy.chart import values
from tests.server_process import ROOT

# Every phone has logged in by then and opened the app. Seconds.
RAMP_UP = 40


def main() -> int:
    """Measure, print, and write the file if a folder is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phones", description=__doc__)
    parser.add_argument("--phones", type=int, default=250, help="(default: 250)")
    parser.add_argument("--seconds", type=int, default=60, help="of the measurement (default: 60)")
    parser.add_argument("--posts", type=int, default=200_000, help="(default: 200000)")
    parser.add_argument("--members", type=int, default=20_000, help="(default: 20000)")
    parser.add_argument("--results", type=Path, help="folder for phones.json (default: none)")
    chosen = parser.parse_args()
    found = json.dumps(measure(chosen), indent=2)
    print(found)
    if chosen.results:
        (chosen.results / "phones.json").write_text(found + "\n")
    return 0


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Seed, start the server and the phones, and return what was measured.

    Raises RuntimeError when more than a few requests were refused.
    """
    web = values("production")["web"]
    with ExitStack() as stack:
        var = Path(stack.enter_context(TemporaryDirectory(prefix="heart-to-heart-phones-")))
        backends = stack.enter_context(running_backends(None))
        servers = Servers(backends, var, stack, workers=int(web["workers"]), threads=int(web["threads"]))
        size = Size(chosen.members, 0, chosen.posts)
        servers.seed(size, 0)
        server = servers.get("ours", size)
        pids = [server.process.pid if server.process else 0, backends.postgres, backends.redis]
        driver = stack.enter_context(_locust(server.url, chosen))
        _read_line(driver)
        before = [processor_seconds(pid) for pid in pids]
        total = _read_line(driver)
        spent = [processor_seconds(pid) - start for pid, start in zip(pids, before, strict=True)]
        memory = memory_bytes(pids[0])
    if total["failures"] > total["requests"] / 1_000:
        raise RuntimeError(f"Phones were refused too often: {total}")
    names = ("server_cpu_seconds", "postgresql_cpu_seconds", "redis_cpu_seconds")
    facts = {"phones": chosen.phones, "seconds": chosen.seconds, "posts": chosen.posts, "members": chosen.members}
    rounded = {name: round(each, 2) for name, each in zip(names, spent, strict=True)}
    return {**facts, **total, **rounded, "server_memory_bytes": memory, "load_average": round(os.getloadavg()[0], 1)}


def _locust(url: str, chosen: argparse.Namespace) -> "subprocess.Popen[str]":
    words = [f"--host={url}", f"--phones={chosen.phones}", f"--seconds={chosen.seconds}", f"--members={chosen.members}"]
    words += [f"--domain={DOMAIN}", f"--ramp-up={RAMP_UP}"]
    command = [sys.executable, "-m", "benchmarks.locustfile", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _read_line(driver: "subprocess.Popen[str]") -> dict[str, Any]:
    line = driver.stdout.readline() if driver.stdout else ""
    if not line:
        raise RuntimeError("Locust ended early; its messages are above.")
    found: dict[str, Any] = json.loads(line)
    return found


if __name__ == "__main__":
    sys.exit(main())
