"""The admin's host, time zone and cookies."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Member
from tests.config.startup import PRODUCTION_ENVIRONMENT, settings_in, startup_errors
from tests.factories import PASSWORD, PostFactory

pytestmark = pytest.mark.django_db
ADMIN, PUBLIC = "admin.heart.example", "api.heart.example"


@pytest.fixture
def hosts(settings: Settings) -> None:
    """The admin has a host of its own."""
    settings.ADMIN_HOST, settings.ALLOWED_HOSTS = ADMIN, [ADMIN, PUBLIC]


def status(path: str, host: str) -> int:
    response = Client(headers={"host": host}).get(path)
    # A static file is open until it is sent.
    response.close()
    return response.status_code


def test_the_admin_is_on_its_own_host_only(hosts: None) -> None:
    for path in ("/admin/login/", "/admin"):
        assert status(path, ADMIN) in (200, 302)
        assert status(path, f"{ADMIN}:8000") in (200, 302)
        assert status(path, PUBLIC) == 404


def test_the_admins_host_has_nothing_else(hosts: None) -> None:
    for path in ("/api/v1/config", "/reset-password/", "/docs/"):
        assert status(path, PUBLIC) == 200
        assert status(path, ADMIN) == 404
    assert status("/static/admin_site/style.css", ADMIN) == 200
    assert Client(headers={"host": ADMIN}).get("/")["Location"] == "/admin/"


def test_without_a_host_of_its_own_the_admin_is_on_every_host() -> None:
    assert {status("/admin/login/", host) for host in (ADMIN, PUBLIC)} == {200}


@pytest.mark.parametrize("name", ["ADMIN_HOST", "ADMIN_TIME_ZONE", "MEMBER_TIME_ZONE"])
def test_the_server_does_not_start_with_an_admin_that_nobody_reaches_or_understands(name: str) -> None:
    assert f"- {name} " in startup_errors(**PRODUCTION_ENVIRONMENT | {name: "elsewhere.example"})


def test_times_are_in_the_zone_that_the_moderator_chose_and_pages_name_it(sora: Member, client: Client) -> None:
    client.force_login(sora)
    PostFactory.create(created_at=datetime(2026, 7, 1, 20, 30, tzinfo=UTC))
    page = client.get("/admin/posts/post/").content.decode()
    assert "July 2, 2026, 5:30 a.m. KST" in page
    assert "Asia/Seoul" in page
    client.post("/admin/time-zone/", {"time_zone": "Europe/Berlin"})
    page = client.get("/admin/posts/post/").content.decode()
    assert "July 1, 2026, 10:30 p.m. CEST" in page
    assert "Europe/Berlin" in page


@pytest.mark.parametrize("value", ["", "Nowhere/Land", "../../etc/passwd", "\\x00", "x" * 3_000])
def test_a_cookie_with_an_unknown_time_zone_is_ignored(sora: Member, client: Client, value: str) -> None:
    client.force_login(sora)
    client.cookies["admin_time_zone"] = value
    assert "Asia/Seoul" in client.get("/admin/").content.decode()


def test_an_unknown_time_zone_is_not_stored(sora: Member, client: Client) -> None:
    client.force_login(sora)
    assert client.post("/admin/time-zone/", {"time_zone": "Nowhere/Land"}).status_code == 200
    assert "admin_time_zone" not in client.cookies


def test_in_production_no_other_host_of_the_domain_can_set_the_cookies_of_the_admin(
    sora: Member, settings: Settings
) -> None:
    production = settings_in(**PRODUCTION_ENVIRONMENT)
    for name, value in production.items():
        if name.startswith(("SESSION_COOKIE_", "CSRF_COOKIE_")):
            setattr(settings, name, value)
    browser = Client()
    browser.get("/admin/login/", secure=True)
    browser.post("/admin/login/", {"username": sora.email, "password": PASSWORD}, secure=True)
    cookies = {name: cookie for name, cookie in browser.cookies.items() if name.startswith("__Host-")}
    assert cookies.keys() == {"__Host-sessionid", "__Host-csrftoken"}
    # What browsers ask of a cookie with this prefix.
    assert {(cookie["secure"], cookie["path"], cookie["domain"]) for cookie in cookies.values()} == {(True, "/", "")}
