"""`manage.py doctor` finds what is wrong before members do, and shows no secrets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone

from libs.outbox.models import Job
from operations.demo_data import DEMO_SUPERUSER
from tests.factories import MemberFactory
from tests.services import free_port

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
BUCKETS = {"default": "images", "private": "private-files"}


class Doctor:
    """Runs the command and remembers what it found."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self) -> int:
        code = 0
        try:
            call_command("doctor", "--json")
        except SystemExit as end:
            code = int(end.code or 0)
        self.findings = json.loads(self.capsys.readouterr().out)["findings"]
        return code

    def of(self, about: str, level: str) -> str:
        """What was found about something at this level."""
        return " ".join(one["text"] for one in self.findings if (one["about"], one["level"]) == (about, level))


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(capsys)


@pytest.fixture
def buckets(s3_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two empty buckets, neither of which anybody may read."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    backends = {"default": "PublicS3Storage", "private": "PrivateS3Storage"}
    options = {"region_name": "us-east-1", "endpoint_url": s3_url}
    settings.STORAGES = settings.STORAGES | {
        alias: {"BACKEND": f"media.storage.s3.{backends[alias]}", "OPTIONS": {"bucket_name": name} | options}
        for alias, name in BUCKETS.items()
    }
    settings.IMAGE_BASE_URL = f"{s3_url}/images"
    client = boto3.client("s3", endpoint_url=s3_url, region_name="us-east-1")
    for name in BUCKETS.values():
        client.create_bucket(Bucket=name)
    yield client
    for alias, name in BUCKETS.items():
        assert client.list_objects_v2(Bucket=name)["KeyCount"] == 0
        client.delete_bucket(Bucket=name)
        storage: Any = storages[alias]
        storage.connection.meta.client.close()
    client.close()


def test_a_good_server_has_no_failures(doctor: Doctor) -> None:
    call_command("cleanup")
    doctor.capsys.readouterr()
    assert doctor() == 0
    assert {one["level"] for one in doctor.findings if one["about"] != "settings"} == {"ok"}
    abouts = {"settings", "keys", "proxies", "disk", "database", "migrations", "clock", "cache", "e-mail", "outbox"}
    assert {one["about"] for one in doctor.findings} >= abouts | {"cleanup", "switches", "STORAGE_BUCKET"}


def test_a_public_bucket_that_nobody_can_read_is_a_failure(doctor: Doctor, buckets: Any) -> None:
    assert doctor() == 1
    assert "status 403" in doctor.of("STORAGE_BUCKET", "fail")
    assert "nobody reads its files without a signature" in doctor.of("PRIVATE_BUCKET", "ok")


def test_a_private_bucket_that_anybody_can_read_is_a_failure(
    doctor: Doctor, buckets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for alias in BUCKETS:
        monkeypatch.setattr(storages[alias], "default_acl", "public-read")
    assert doctor() == 1
    assert doctor.of("PRIVATE_BUCKET", "fail") == "anybody can read its files"
    assert "clients can read its files at IMAGE_BASE_URL" in doctor.of("STORAGE_BUCKET", "ok")


def test_a_bucket_that_is_not_there_is_named_with_its_setting(doctor: Doctor, buckets: Any) -> None:
    buckets.delete_bucket(Bucket="images")
    assert doctor() == 1
    assert doctor.of("STORAGE_BUCKET", "fail") == "does not store files: NoSuchBucket"
    buckets.create_bucket(Bucket="images")


def test_a_mail_server_and_a_redis_that_are_away_are_failures(doctor: Doctor, settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_BACKEND = "libs.email_delivery.SmtpBackend"
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert doctor() == 1
    assert doctor.of("e-mail", "fail") == "no login at the mail server: ConnectionRefusedError"
    assert doctor.of("cache", "fail") == "Redis does not answer: ConnectionError"


def test_demo_members_in_production_are_a_failure(doctor: Doctor, settings: Any) -> None:
    MemberFactory.create(email=DEMO_SUPERUSER)
    settings.PRODUCTION = True
    assert doctor() == 1
    assert "demo members" in doctor.of("database", "fail")


def test_jobs_that_failed_and_switches_that_are_off_are_warnings(doctor: Doctor) -> None:
    Job.objects.create(kind="media.delete_files", payload={}, dead_at=timezone.now())
    call_command("switch", "set", "posting", "off", "--as", "sora")
    doctor.capsys.readouterr()
    assert doctor() == 0
    assert doctor.of("outbox", "warn") == "1 jobs have failed for good"
    assert doctor.of("switches", "warn").startswith("posting is off since ")
    assert doctor.of("cleanup", "warn").startswith("not in the last 3 hours: ")


def test_people_read_what_to_do_and_no_secrets(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.JWT_KEYS = [f"2026-12:{'k' * 40}"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "s" * 60, ["f" * 60]
    call_command("doctor")
    output = capsys.readouterr().out
    assert "2026-12 signs tokens" in output
    assert "-> Remove each a month after its change." in output
    assert not any(letter * 10 in output for letter in "ksf")


def test_a_database_that_is_away_is_a_failure_and_everything_else_is_examined(tmp_path: Path) -> None:
    away = f"postgres://user:very-secret@127.0.0.1:{free_port()}/name"
    environment = os.environ | {
        "DATABASE_URL": away,
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "doctor"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 1
    assert "fail  database        does not answer: " in run.stdout
    assert "ok    PRIVATE_BUCKET  deletes the file" in run.stdout
    assert "very-secret" not in run.stdout + run.stderr
