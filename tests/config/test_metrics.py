"""What Prometheus reads from the server: requests by route, events, and no more with every odd request."""

import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.demo_server import demo_server
from tests.polling import wait_until
from tests.server_process import ServerProcess
from tests.services import free_port

RESPONSES = "django_http_responses_total_by_status_view_method_total"
LATENCY = "django_http_requests_latency_seconds_by_view_method"
CONFIG = "api/v1/config"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with a port for metrics."""
    settings = {"METRICS_PORT": str(free_port()), "OUTBOX_THREAD": "off"}
    with demo_server(tmp_path_factory.mktemp("server"), settings) as server:
        yield server


def send(server: ServerProcess, path: str, method: str = "GET", **options: object) -> int:
    return httpx.request(method, server.url + path, trust_env=False, timeout=60, **options).status_code  # type: ignore[arg-type]


def test_requests_are_counted_by_route_method_and_status(server: ServerProcess) -> None:
    before = server.metric(RESPONSES, view=CONFIG, status="200", method="GET")
    assert [send(server, f"/{CONFIG}") for _ in range(5)] == [200] * 5
    assert send(server, "/api/v1/posts/17") == 401
    assert server.metric(RESPONSES, view=CONFIG, status="200", method="GET") == before + 5
    assert server.metric(f"{LATENCY}_count", view=CONFIG) >= before + 5
    assert server.metric(RESPONSES, view="api/v1/posts/<id:post_id>", status="401") >= 1


def test_invented_paths_and_methods_add_no_series(server: ServerProcess) -> None:
    def names() -> set[tuple[str, ...]]:
        return {(each.name, *each.labels.values()) for each in server.samples()}

    send(server, "/nowhere", "SPY")
    send(server, "/nowhere")
    before = names()
    for number in range(20):
        send(server, f"/nowhere/{number}")
        send(server, f"/{CONFIG}/{number}", f"M{number}")
        send(
            server,
            f"/post/{number}?q={number}",
            headers={"Host": f"{number}.example", "X-Request-ID": f"id-{number:06}"},
        )
    assert len(names() - before) < 20


def test_counters_go_on_when_a_killed_worker_is_replaced(server: ServerProcess) -> None:
    before, files = server.metric(RESPONSES, view=CONFIG), metric_files(server)
    for times in range(1, 4):
        assert [send(server, f"/{CONFIG}") for _ in range(4)] == [200] * 4
        assert server.metric(RESPONSES, view=CONFIG) == before + 4 * times
        kill_a_worker(server)
    assert metric_files(server) == files


def kill_a_worker(server: ServerProcess) -> None:
    """Kill a worker process, and wait until another one has taken its place."""
    killed, *others = server.workers()
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in server.workers() and len(server.workers()) == len(others) + 1)


def metric_files(server: ServerProcess) -> set[str]:
    return {file.name for file in (server.var / "metrics").iterdir() if not file.name.startswith("gauge_live")}


def test_what_people_do_and_are_refused_is_counted(server: ServerProcess) -> None:
    wrong = {"email": "nobody@heart.example", "password": "three small words"}
    before = server.metric("h2h_problems_total", code="credentials_wrong")
    assert send(server, "/api/v1/sessions", "POST", json=wrong) == 401
    assert server.metric("h2h_problems_total", code="credentials_wrong") == before + 1
