"""Releases on the staging host under load: good and broken ones, a rollback, a migration, and no request that fails."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import yaml

from tests.demo_server import demo_stores
from tests.deploy.releases import add_a_column, make_buckets, never_be_ready
from tests.deploy.staging_host import StagingHost, staging_host
from tests.deploy.traffic import Traffic, log_in, wait_for_requests
from tests.drills.load import report, texts_in_feed
from tests.server_process import ROOT
from tests.services import program

pytestmark = [pytest.mark.drill, pytest.mark.skipif(not program("nginx"), reason="needs nginx")]
REQUESTS = 10_000
DIES = """
from threading import Timer as _Timer
import os as _os, signal as _signal

_serve = application

def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/api/"):
        _Timer(1, _os.killpg, (_os.getpgrp(), _signal.SIGKILL)).start()
    return _serve(environ, start_response)
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, s3_url: str) -> Iterator[StagingHost]:
    """A host whose first release is live."""
    folder = tmp_path_factory.mktemp("staging")
    # A repeated request waits for the one that died with its server. Seconds.
    settings = make_buckets(s3_url) | {"RATE_LIMITS": "off", "IDEMPOTENCY_LEASE_SECONDS": "5"}
    with demo_stores(folder / "var") as stores, staging_host(folder, stores | settings) as host:
        code, output = host.deploy()
        assert code == 0, output + host.log("heart-web@blue")
        yield host


@pytest.fixture
def traffic(host: StagingHost) -> Iterator[Traffic]:
    """Requests that go on during the test."""
    with Traffic(SimpleNamespace(port=host.edge)).flowing() as flowing:
        wait_for_requests(flowing, 100)
        yield flowing


def live_slot(host: StagingHost) -> str:
    return httpx.get(f"http://127.0.0.1:{host.edge}/profile", trust_env=False).text


def refuse_to_start(bundle: Path) -> None:
    with (bundle / "config/wsgi.py").open("a") as file:
        file.write('\nraise SystemExit("broken")\n')


def die_when_used(bundle: Path) -> None:
    with (bundle / "config/wsgi.py").open("a") as file:
        file.write(DIES)


def test_releases_a_migration_and_a_rollback_fail_no_request(host: StagingHost, traffic: Traffic) -> None:
    first = live_slot(host)
    for change in (None, add_a_column):
        before = live_slot(host)
        code, output = host.deploy(change)
        assert code == 0, output
        assert live_slot(host) != before
    assert host.run("rollback.sh")[0] == 0
    assert live_slot(host) != first
    while traffic.results.total() < REQUESTS:
        wait_for_requests(traffic, 500)
        report(f"{traffic.results.total()} requests so far")
    assert traffic.failed == {}
    assert set(traffic.published) <= set(texts_in_feed(traffic.edge, log_in(traffic)))
    report(f"{traffic.results.total()} requests, {len(traffic.published)} posts with an image, none failed")


@pytest.mark.parametrize("change", [refuse_to_start, never_be_ready])
def test_a_release_that_does_not_become_ready_is_not_noticed(
    host: StagingHost, traffic: Traffic, change: Callable[[Path], None]
) -> None:
    host.environment["READY_SECONDS"] = "8"
    before = live_slot(host)
    code, output = host.deploy(change)
    host.environment["READY_SECONDS"] = "30"
    assert (code, live_slot(host)) == (1, before), output
    assert "was not ready within 8 s" in output
    wait_for_requests(traffic, 200)
    assert traffic.failed == {}


def test_a_release_that_dies_after_the_switch_is_taken_back(host: StagingHost, traffic: Traffic) -> None:
    before = live_slot(host)
    code, output = host.deploy(die_when_used)
    assert (code, live_slot(host)) == (1, before), output
    assert "failed after the switch" in output
    failed = traffic.failed
    wait_for_requests(traffic, 300)
    # Those that were being answered when it died; phones have repeated them.
    assert traffic.failed == failed
    report(f"{sum(failed.values())} of {traffic.results.total()} requests were repeated")
    assert set(traffic.published) <= set(texts_in_feed(traffic.edge, log_in(traffic)))


def test_each_step_ends_within_the_time_that_codedeploy_gives_it() -> None:
    hooks = yaml.safe_load((ROOT / "appspec.yml").read_text())["hooks"]
    times = {Path(step["location"]).name: step["timeout"] for steps in hooks.values() for step in steps}
    lines = (ROOT / "deploy/staging/settings.sh").read_text().splitlines()
    seconds = {
        name: int(line.split(":=")[1].strip('}"'))
        for name in ("READY_SECONDS", "WATCH_SECONDS")
        for line in lines
        if name in line
    }
    # What systemd waits for at most when it stops a server.
    stop = 40
    assert times["start.sh"] > seconds["READY_SECONDS"] + stop + 600
    assert times["switch.sh"] > seconds["WATCH_SECONDS"] + 2 * stop
    assert all((ROOT / "deploy/staging" / name).stat().st_mode & 0o111 for name in times)
