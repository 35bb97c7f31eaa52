"""Health checks: /livez, /readyz and /profile."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings
from structlog.testing import capture_logs

from operations import health


@pytest.fixture(autouse=True)
def _forget_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)


def test_livez_answers_without_using_the_database(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db(transaction=True)
def test_readyz_answers_200_when_the_database_is_migrated(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "cache": "ok"})


@pytest.mark.django_db(transaction=True)
def test_readyz_answers_503_before_the_migrations_have_run(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("sessions", "0001_initial")
    response = client.get("/readyz")
    recorder.record_applied("sessions", "0001_initial")
    assert (response.status_code, response.json()["database"]) == (503, "migrations pending")
    assert client.get("/readyz").status_code == 200


def test_readyz_answers_503_while_the_database_is_away(client: Client) -> None:
    # Without the mark django_db, pytest-django refuses every connection.
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"].startswith("away")
    assert client.get("/livez").status_code == 200


def test_profile_returns_the_name_of_the_deploy_slot(client: Client, settings: Settings) -> None:
    assert client.get("/profile").content == b"default"
    settings.DEPLOY_SLOT = "staging2"
    response = client.get("/profile")
    assert (response.status_code, response.content) == (200, b"staging2")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Deprecation" not in response.headers
    assert client.get("/profile/").status_code == 404


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/profile"])
@pytest.mark.django_db(transaction=True)
def test_health_checks_allow_only_get_and_head_without_body(client: Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.content))
    response = client.post(path)
    assert (response.status_code, response.headers["Allow"], response.content) == (405, "GET, HEAD", b"")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/profile"])
@pytest.mark.django_db(transaction=True)
def test_health_checks_may_use_any_host_name(client: Client, settings: Settings, path: str) -> None:
    settings.ALLOWED_HOSTS = ["api.heart.example"]
    assert client.get(path, headers={"host": "10.0.3.7:8000"}).status_code == 200
    assert client.get("/api/v1/", headers={"host": "10.0.3.7:8000"}).status_code == 400


def test_health_checks_are_not_in_the_request_log(client: Client) -> None:
    with capture_logs() as lines:
        client.get("/livez")
    assert lines == []
