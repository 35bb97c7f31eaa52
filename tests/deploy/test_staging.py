"""Releases on the staging host under load: good and broken ones, a rollback, a migration, and no request that fails."""

import json
import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.demo_server import demo_stores
from tests.deploy.staging_host import StagingHost, staging_host
from tests.drills.load import KeepAliveClient, report, request_bytes, texts_in_feed
from tests.factories import upload
from tests.polling import wait_until
from tests.server_process import ROOT
from tests.services import program

pytestmark = [pytest.mark.drill, pytest.mark.skipif(not program("nginx"), reason="needs nginx")]
CLIENTS, REQUESTS = 6, 10_000
# How often a phone repeats a request that failed. Seconds.
REPEAT_SECONDS = 0.5
MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("posts", "{last}")]
    operations = [migrations.RunSQL("ALTER TABLE posts_post ADD COLUMN mood varchar(20) NULL")]
"""
DIES = """
from threading import Timer as _Timer
import os as _os, signal as _signal

_serve = application

def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/api/"):
        _Timer(1, _os.killpg, (_os.getpgrp(), _signal.SIGKILL)).start()
    return _serve(environ, start_response)
"""


@dataclass
class Traffic:
    """Members who read, publish, upload and renew their tokens through nginx, each request by its own connection."""

    edge: Any
    results: Counter[int | str] = field(default_factory=Counter)
    published: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    @contextmanager
    def flowing(self) -> Iterator["Traffic"]:
        """Send requests meanwhile."""
        with ThreadPoolExecutor(CLIENTS) as threads:
            running = [threads.submit(self._send_in_turn) for _ in range(CLIENTS)]
            try:
                yield self
            finally:
                self.over.set()
            for each in running:
                each.result()

    @property
    def failed(self) -> dict[int | str, int]:
        """What was answered with 5xx, or not at all."""
        return {found: number for found, number in self.results.items() if isinstance(found, str) or found >= 500}

    def _send_in_turn(self) -> None:
        tokens = self._request("POST", "sessions", {"email": DEMO_MEMBER, "password": DEMO_PASSWORD})
        actions: list[Callable[[dict[str, Any]], Any]] = [self._read] * 8 + [self._publish, self._renew]
        for action in cycle(actions):
            if self.over.is_set():
                return
            tokens = action(tokens) or tokens

    def _read(self, tokens: dict[str, Any]) -> None:
        self._request("GET", "posts", token=tokens["access"])

    def _publish(self, tokens: dict[str, Any]) -> None:
        content = encode_multipart(BOUNDARY, {"image": upload()})
        image = self._request("POST", "images", content, tokens["access"], Content_Type=MULTIPART_CONTENT)
        text = uuid4().hex
        self._request("POST", "posts", {"text": text, "image_ids": [image["id"]]}, tokens["access"])
        self.published.append(text)

    def _renew(self, tokens: dict[str, Any]) -> Any:
        return self._request("POST", "sessions/refresh", {"refresh": tokens["refresh"]})

    def _request(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Any:
        """Send a request, and repeat it with the same key while it fails, as phones do."""
        key = {"Idempotency_Key": str(uuid4())} if method == "POST" and "sessions" not in path else {}
        request = request_bytes(method, path, token, body, Connection="close", **key, **headers)
        while True:
            try:
                with closing(KeepAliveClient(self.edge)) as client:
                    status, answer = client.send(request)
            except OSError as error:
                self.results[type(error).__name__] += 1
            else:
                self.results[status] += 1
                assert status < 300 or status >= 500 or status == 409, answer
                if status < 300:
                    return json.loads(answer)
            self.over.wait(REPEAT_SECONDS)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, s3_url: str) -> Iterator[StagingHost]:
    """A host whose first release is live."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    folder = tmp_path_factory.mktemp("staging")
    storage = {"STORAGE_ENDPOINT": s3_url, "STORAGE_BUCKET": "pictures", "PRIVATE_BUCKET": "private"}
    storage |= {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "IMAGE_BASE_URL": "http://here/pictures",
    }
    subprocess.run([sys.executable, "deploy/compose/make_buckets.py"], cwd=ROOT, env=os.environ | storage, check=True)
    # A repeated request waits for the one that died with its server. Seconds.
    settings = storage | {"RATE_LIMITS": "off", "IDEMPOTENCY_LEASE_SECONDS": "5"}
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


def wait_for_requests(traffic: Traffic, number: int) -> None:
    least = traffic.results.total() + number
    wait_until(lambda: traffic.results.total() >= least)


def live_slot(host: StagingHost) -> str:
    return httpx.get(f"http://127.0.0.1:{host.edge}/profile", trust_env=False).text


def refuse_to_start(bundle: Path) -> None:
    with (bundle / "config/wsgi.py").open("a") as file:
        file.write('\nraise SystemExit("broken")\n')


def never_be_ready(bundle: Path) -> None:
    health = bundle / "operations/health.py"
    health.write_text(health.read_text().replace('200 if database == "ok" else 503', "503"))


def die_when_used(bundle: Path) -> None:
    with (bundle / "config/wsgi.py").open("a") as file:
        file.write(DIES)


def add_a_column(bundle: Path) -> None:
    folder = bundle / "posts/migrations"
    last = max(file.stem for file in folder.glob("0*.py"))
    (folder / f"{int(last[:4]) + 1:04}_mood.py").write_text(MIGRATION.format(last=last))


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


def log_in(traffic: Traffic) -> str:
    return str(traffic._request("POST", "sessions", {"email": DEMO_MEMBER, "password": DEMO_PASSWORD})["access"])


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
