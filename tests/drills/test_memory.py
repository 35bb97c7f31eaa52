"""The memory of a worker process does not grow with the number of requests."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.demo_server import demo_server
from tests.drills.gunicorn_config import MEASURE
from tests.drills.load import log_in, read_mix, report, send_all
from tests.polling import wait_until
from tests.server_process import ServerProcess

pytestmark = [pytest.mark.drill, pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")]
COMMAND = (sys.executable, "-m", "gunicorn", "--config", "python:tests.drills.gunicorn_config")
CONNECTIONS = 16
# Fills caches, and opens connections to the database for all threads: with more connections than later on. Requests.
WARM_UP = 8_000
# The heaps of all workers together grow by 15 MiB after the warm-up and stay there from some 100,000 requests on, since
# the C library has one for each thread, and what is garbage waits for a full collection. Bytes.
HEAP_GROWTH = 20 * 2**20
# New objects for one request on average. What each request leaves behind is one or more; a cache fills to its limit,
# and a connection that is opened later prepares its statements. Number.
OBJECTS_FOR_REQUEST = 0.5


def measure(server: ServerProcess) -> tuple[int, int]:
    """Return how many objects all workers together have, and how many bytes, after a collection of their garbage."""
    files = [server.var / f"memory-{worker}" for worker in server.workers()]
    for file, worker in zip(files, server.workers(), strict=True):
        file.unlink(missing_ok=True)
        os.kill(worker, MEASURE)
    found = [json.loads(wait_until(file.read_text, retry_on=(FileNotFoundError,))) for file in files]
    objects, size = sum(each["objects"] for each in found), sum(each["bytes"] for each in found)
    report(f"{objects} objects and {size / 2**20:.1f} MiB in {len(found)} workers")
    return objects, size


def test_the_memory_of_workers_does_not_grow_with_requests(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    number = pytestconfig.getoption("--memory-requests", 12_000)
    with demo_server(tmp_path, {"RATE_LIMITS": "off", "OUTBOX_THREAD": "off"}, command=COMMAND) as server:
        requests = read_mix(server, log_in(server))
        assert send_all(server, requests, WARM_UP, 4 * CONNECTIONS).errors == {}
        objects_before, bytes_before = measure(server)
        assert send_all(server, requests, number, CONNECTIONS).errors == {}
        objects, size = measure(server)
    assert objects - objects_before < OBJECTS_FOR_REQUEST * number
    assert size - bytes_before < HEAP_GROWTH
