"""Releases on the staging host under load: good, broken and dying ones, a rollback, a migration; no request fails."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import yaml

from tests.demo_server import demo_stores
from tests.deploy.releases import Change, add_a_column, make_buckets, never_be_ready
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
    settings = make_buckets(s3_url) | {"RATE_LIMITS": "off"}
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


# A change of the release, what a deployment of it says, and how long it may take to be ready. Seconds.
RELEASES: list[tuple[Change | None, str, int]] = [
    (None, "Released.", 30),
    (add_a_column, "Released.", 30),
    (refuse_to_start, "was not ready within 8 s", 8),
    (never_be_ready, "was not ready within 8 s", 8),
    (die_when_used, "failed after the switch", 30),
]


def test_releases_good_and_broken_and_a_rollback_fail_no_request(host: StagingHost, traffic: Traffic) -> None:
    for change, says, seconds in RELEASES:
        before, host.environment["READY_SECONDS"] = live_slot(host), str(seconds)
        code, output = host.deploy(change)
        assert says in output
        assert (live_slot(host) == before) is (code != 0), output
        if change is add_a_column:
            assert (host.run("rollback.sh")[0], live_slot(host)) == (0, before)
        report(f"{says} {traffic.results.total()} requests so far")
        assert traffic.failed == {}
    while traffic.results.total() < REQUESTS:
        wait_for_requests(traffic, 500)
    assert traffic.failed == {}
    # What is published while the feed is read is above its first page.
    published = [*traffic.published]
    found = Counter(texts_in_feed(traffic.edge, log_in(traffic)))
    assert {found[text] for text in published} == {1}
    report(f"{traffic.results.total()} requests, {len(traffic.published)} posts with an image, none failed")
    # Those that were being answered when a server died, and those that came until the switch back.
    repeated = host.answered_by_the_other_slot()
    report(f"of them nginx repeated {dict(repeated)} in the other slot")
    assert repeated["GET"] > 0 < repeated["POST"]


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
