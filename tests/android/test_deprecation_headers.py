"""Every answer at the app's addresses says that they are going, and no other answer does; and each is counted."""

import re
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.android.app import App
from tests.demo_server import demo_server
from tests.services import free_port

pytestmark = pytest.mark.django_db
SAYINGS = ("Deprecation", "Sunset", "Link")


def deprecation_headers(client: Client, method: str, path: str) -> dict[str, str]:
    """The headers of the farewell in one answer."""
    answer = client.generic(method, path)
    return {name: answer.headers[name] for name in SAYINGS if name in answer.headers}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/post/posts"),
        ("POST", "/auth/login"),
        ("GET", "/auth/login"),
        ("GET", "/member/nowhere"),
        ("OPTIONS", "/auth/verifyAccessToken"),
        ("HEAD", "/post/posts"),
    ],
)
def test_every_response_at_the_apps_paths_says_that_they_are_deprecated(
    client: Client, settings: Settings, method: str, path: str
) -> None:
    settings.ANDROID_SUNSET_DATE, settings.PUBLIC_URL = "2027-06-30", "https://heart.example"
    headers = deprecation_headers(client, method, path)
    assert headers["Deprecation"] == "@1793491200"
    assert parsedate_to_datetime(headers["Sunset"]).isoformat() == "2027-06-30T00:00:00+00:00"
    assert headers["Link"] == '<https://heart.example/docs/android/>; rel="deprecation"; type="text/html"'


def test_a_successful_response_is_deprecated_too_by_its_headers(mina_app: App) -> None:
    mina_app.posts()
    _, answer = mina_app.exchanges[-1]
    assert answer.status == 200
    assert answer.headers["deprecation"] == "@1793491200"
    assert "sunset" not in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/config", "/api/v1/posts", "/docs/android/", "/profile", "/nowhere", "/auth"])
def test_no_response_elsewhere_says_that_it_is_deprecated(client: Client, settings: Settings, path: str) -> None:
    settings.ANDROID_SUNSET_DATE = "2027-06-30"
    assert deprecation_headers(client, "GET", path) == {}


def test_where_no_docs_are_shown_no_link_leads_to_them(client: Client, settings: Settings) -> None:
    settings.API_DOCS = False
    assert deprecation_headers(client, "GET", "/post/posts") == {"Deprecation": "@1793491200"}


@pytest.mark.one_leg
def test_the_calls_of_all_processes_are_counted_under_names_of_ours(tmp_path: Path, redis_url: str) -> None:
    metrics_port = free_port()
    paths = ["/auth/verifyAccessToken"] * 20 + [f"/auth/x{number}" for number in range(10)] + ["/member/report"] * 3
    rounds = 0
    with demo_server(tmp_path, {"WORKERS": "2", "REDIS_URL": redis_url, "METRICS_PORT": str(metrics_port)}, {}) as here:
        # The system chooses which process answers.
        while len(_counting(tmp_path)) < 2:
            rounds += 1
            for path in paths:
                _get(f"{here.url}{path}")
        metrics = _get(f"http://127.0.0.1:{metrics_port}/metrics")
    found = re.findall(r'^h2h_android_calls_total\{call="(.*)",code="(.*)"\} (.*)$', metrics, re.MULTILINE)
    assert {(call, code): float(count) for call, code, count in found} == {
        ("verifyAccessToken", "GLOBAL_103"): rounds * 20,
        ("unrouted", "GLOBAL_001"): rounds * 10,
        ("report", "GLOBAL_003"): rounds * 3,
    }


def _counting(var: Path) -> list[str]:
    """The files of the processes that have counted a call."""
    return [at.name for at in (var / "metrics").glob("counter_*.db") if b"h2h_android_calls" in at.read_bytes()]


def _get(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - the server above
            return str(answer.read().decode())
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode()
