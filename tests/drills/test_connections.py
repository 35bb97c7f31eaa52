"""Many phones whose connections stay open, on workers that are replaced from time to time."""

import pytest

from tests.drills.conftest import StartServer
from tests.drills.load import log_in, read_mix, report, send_for

pytestmark = pytest.mark.drill
SECONDS = 60
# A tenth of those after which a worker is replaced in production, so that it happens several times. Requests.
MAX_REQUESTS = 5_000


def test_no_request_of_64_connections_fails_in_a_minute(start_server: StartServer) -> None:
    server = start_server(GUNICORN_CMD_ARGS=f"--max-requests {MAX_REQUESTS} --max-requests-jitter 1000")
    requests = read_mix(server, log_in(server))
    few = send_for(server, requests, SECONDS / 6, connections=16)
    report(f"16 connections: p50 {few.percentile(0.5):.0f} ms, p99 {few.percentile(0.99):.0f} ms")
    many = send_for(server, requests, SECONDS, connections=64)
    report(f"64 connections: {len(many.seconds)} requests, {server.log.count('Autorestarting')} workers replaced")
    assert (few.errors, many.errors) == ({}, {})
