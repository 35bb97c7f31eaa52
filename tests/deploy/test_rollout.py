"""Releases on pods under load: a lock, a migration, a rollback, a broken release, and no request that fails."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import psycopg
import pytest

from tests.demo_server import demo_stores
from tests.deploy.chart import containers, needs_helm, of_kind
from tests.deploy.pod_nginx import NAME
from tests.deploy.pods import DRAIN_SECONDS, ENVIRONMENT, Deployment
from tests.deploy.releases import add_a_column, copy_release, make_buckets, never_be_ready
from tests.deploy.traffic import Traffic, log_in, wait_for_requests
from tests.drills.load import report, texts_in_feed
from tests.services import program

pytestmark = [
    pytest.mark.drill,
    needs_helm,
    pytest.mark.skipif(not program("nginx"), reason="needs nginx"),
    pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="needs PostgreSQL"),
]
# What a cluster gives and this machine does not.
LOCAL = {
    "ENVIRONMENT": "local",
    "RATE_LIMITS": "off",
    "ALLOWED_HOSTS": "localhost,*",
    "EMAIL_HOST": "",
    "BIND": "127.0.0.1",
    "IDEMPOTENCY_LEASE_SECONDS": "5",
}
REPLICAS = 2


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """This release, the next one, which adds a column, and one that does not work."""
    folder = tmp_path_factory.mktemp("releases")
    found = {name: folder / name for name in ("this", "next", "broken")}
    for each in found.values():
        copy_release(each)
    add_a_column(found["next"])
    never_be_ready(found["broken"])
    return found


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, s3_url: str, releases: dict[str, Path]
) -> Iterator[Deployment]:
    """Pods that serve this release."""
    folder = tmp_path_factory.mktemp("pods")
    storage = make_buckets(s3_url)
    with demo_stores(folder / "var") as stores:
        del stores["WORKERS"]
        found = Deployment(folder, LOCAL | storage | stores, REPLICAS)
        try:
            assert found.roll_out(releases["this"])
            yield found
        finally:
            found.stop()


@pytest.fixture
def traffic(deployment: Deployment) -> Iterator[Traffic]:
    """Requests that go on during the test."""
    with Traffic(SimpleNamespace(port=deployment.balancer.port)).flowing() as flowing:
        wait_for_requests(flowing, 100)
        yield flowing


def test_a_migration_that_waits_for_a_lock_gives_up_and_is_tried_again(
    deployment: Deployment, traffic: Traffic, releases: dict[str, Path]
) -> None:
    url = deployment.environment["DATABASE_URL"].replace("postgres:", "postgresql:", 1)
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE posts_post IN ACCESS SHARE MODE")
        refused = deployment.migrate(releases["next"])
    assert refused.returncode != 0
    assert "lock timeout" in refused.stderr
    assert of_kind(ENVIRONMENT, "Job")[f"{NAME}-migrate"]["spec"]["backoffLimit"] >= 3
    assert deployment.migrate(releases["next"]).returncode == 0
    # What waited behind it was answered.
    assert traffic.failed == {}


def test_a_release_and_a_rollback_fail_no_request(
    deployment: Deployment, traffic: Traffic, releases: dict[str, Path]
) -> None:
    for release in ("next", "this"):
        migrated = deployment.migrate(releases[release])
        assert migrated.returncode == 0, migrated.stderr
        assert deployment.roll_out(releases[release])
        wait_for_requests(traffic, 200)
        report(f"{release}: {traffic.results.total()} requests so far, {traffic.failed} failed")
    deployment.wait_until_drained()
    wait_for_requests(traffic, 200)
    assert traffic.failed == {}
    assert set(traffic.published) <= set(texts_in_feed(traffic.edge, log_in(traffic)))
    assert [pod.exit_codes for pod in deployment.ended] == [[0, 0, 0, 0]] * 2 * REPLICAS
    longest = max(pod.end_seconds for pod in deployment.ended)
    report(f"{traffic.results.total()} requests, {len(traffic.published)} posts with an image, none failed")
    report(f"{len(deployment.ended)} pods drained, the slowest in {longest:.0f} s")


def test_a_release_that_does_not_become_ready_replaces_no_pod(
    deployment: Deployment, traffic: Traffic, releases: dict[str, Path]
) -> None:
    before = list(deployment.pods)
    assert not deployment.roll_out(releases["broken"], patience=15)
    assert deployment.pods == before
    wait_for_requests(traffic, 200)
    assert traffic.failed == {}


def test_the_helm_test_passes_on_a_pod_and_fails_without_one(deployment: Deployment) -> None:
    job = containers(of_kind(ENVIRONMENT, "Job")[f"{NAME}-test"]["spec"]["template"])["test"]
    (pod, *_) = deployment.pods
    for port, code in ((pod.nginx.ports["http"], 0), (1, 1)):
        command = [sys.executable, *job["command"][1:], f"http://127.0.0.1:{port}"]
        done = subprocess.run(
            command, cwd=pod.release, env=pod.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr


def slow_upload(port: int, begun: Callable[[], None]) -> bytes:
    """Send half of a body, then the rest after the pause of the pod; returns the beginning of the answer."""
    half = b"x" * 100_000
    head = f"POST /api/v1/images HTTP/1.1\r\nHost: heart\r\nContent-Length: {2 * len(half)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as phone:
        phone.sendall(head.encode() + half)
        begun()
        time.sleep(DRAIN_SECONDS + 3)
        phone.sendall(half)
        return phone.recv(1_000)


def test_a_request_that_runs_when_a_pod_drains_is_answered(deployment: Deployment) -> None:
    """A phone that sends its upload slowly, for longer than the pause, to a pod that ends meanwhile."""
    (pod, *_) = deployment.pods
    ended = Thread(target=pod.end)
    answer = slow_upload(pod.nginx.ports["http"], ended.start)
    ended.join()
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert pod.exit_codes == [0, 0, 0, 0]
