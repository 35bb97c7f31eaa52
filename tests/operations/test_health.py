"""Whether the process is alive, and whether traffic may come."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings
from structlog.testing import capture_logs

from operations import health


@pytest.fixture(autouse=True)
def _ask_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)


def test_a_living_process_says_so_without_touching_the_database(client: Client) -> None:
    answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db(transaction=True)
def test_traffic_may_come_when_the_database_answers_and_is_migrated(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "cache": "ok"})


@pytest.mark.django_db(transaction=True)
def test_no_traffic_comes_before_the_migrations_have_run(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("sessions", "0001_initial")
    answer = client.get("/readyz")
    recorder.record_applied("sessions", "0001_initial")
    assert (answer.status_code, answer.json()["database"]) == (503, "migrations pending")
    assert client.get("/readyz").status_code == 200


def test_no_traffic_comes_while_the_database_is_away(client: Client) -> None:
    # Without the mark django_db, pytest-django refuses every connection.
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"].startswith("away")
    assert client.get("/livez").status_code == 200


def test_deploy_scripts_hear_in_one_word_which_server_it_is(client: Client, settings: Settings) -> None:
    assert client.get("/profile").content == b"default"
    settings.DEPLOY_SLOT = "staging2"
    answer = client.get("/profile")
    assert (answer.status_code, answer.content) == (200, b"staging2")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Deprecation" not in answer.headers
    assert client.get("/profile/").status_code == 404


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/profile"])
@pytest.mark.django_db(transaction=True)
def test_probes_are_only_read_and_head_has_no_body(client: Client, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.content))
    refused = client.post(path)
    assert (refused.status_code, refused.headers["Allow"], refused.content) == (405, "GET, HEAD", b"")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/profile"])
@pytest.mark.django_db(transaction=True)
def test_probes_may_call_the_server_by_any_name(client: Client, settings: Settings, path: str) -> None:
    settings.ALLOWED_HOSTS = ["api.heart.example"]
    assert client.get(path, headers={"host": "10.0.3.7:8000"}).status_code == 200
    assert client.get("/api/v1/", headers={"host": "10.0.3.7:8000"}).status_code == 400


def test_probes_leave_no_line_in_the_log(client: Client) -> None:
    with capture_logs() as lines:
        client.get("/livez")
    assert lines == []
