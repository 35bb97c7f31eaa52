"""What the production shape refuses to start with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = dict(
    line.split("=", 1)
    for line in (ROOT / "tests/production.env").read_text().splitlines()
    if line and not line.startswith("#")
)


def _start(**environment: str) -> str:
    """What the settings say to this environment; nothing when they agree."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env=bare | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


def test_production_starts_when_everything_is_said() -> None:
    assert _start(**PRODUCTION) == ""


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "JWT_KEYS",
        "TRUSTED_PROXIES",
        "ALLOWED_HOSTS",
        "EMAIL_HOST",
        "DATABASE_URL",
        "STORAGE_BUCKET",
        "PRIVATE_BUCKET",
    ],
)
def test_production_names_what_is_missing_and_does_not_start(name: str) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    refusal = _start(**environment)
    assert "ImproperlyConfigured" in refusal
    assert f"- {name} " in refusal


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "local-only-secret-that-the-production-shape-refuses"),
        ("JWT_KEYS", "kid:short"),
        ("JWT_KEYS", "local:local-only-secret-that-the-production-shape-refuses"),
        ("ALLOWED_HOSTS", "*"),
        ("RATE_LIMITS", "off"),
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("PRIVATE_BUCKET", PRODUCTION["STORAGE_BUCKET"]),
    ],
)
def test_production_refuses_what_is_fit_for_a_laptop_only(name: str, value: str) -> None:
    assert f"- {name} " in _start(**PRODUCTION | {name: value})


def test_every_fault_is_named_at_once() -> None:
    refusal = _start(ENVIRONMENT="production")
    assert all(f"- {name} " in refusal for name in ("SECRET_KEY", "JWT_KEYS", "EMAIL_HOST", "DATABASE_URL"))


def test_several_processes_need_a_cache_they_share() -> None:
    assert "WORKERS is above 1 without REDIS_URL" in _start(WORKERS="2")
    assert _start(WORKERS="2", REDIS_URL="redis://127.0.0.1:1/0") == ""


def test_a_shape_that_does_not_exist_is_refused() -> None:
    assert "ENVIRONMENT is" in _start(ENVIRONMENT="staging")


@pytest.mark.parametrize("day", ["soon", "2027-13-01", "2027-06-30T12:00", "2026-10-31"])
def test_a_last_day_of_the_apps_wire_that_is_none_is_refused(day: str) -> None:
    assert "- ANDROID_SUNSET_DATE is " in _start(ANDROID_SUNSET_DATE=day)
    assert _start(ANDROID_SUNSET_DATE="2027-06-30") == ""


@pytest.mark.parametrize("word", ["", "staging 1", "스테이징", "a\nb", "<b>"])
def test_a_slot_that_is_not_one_plain_word_is_refused(word: str) -> None:
    assert "- DEPLOY_SLOT is " in _start(DEPLOY_SLOT=word)
    assert _start(DEPLOY_SLOT="staging-1") == ""
