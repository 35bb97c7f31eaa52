"""The text that a local server prints when it is ready."""

from pathlib import Path
from typing import Any

import environ
import pytest

from operations.demo_data import DEMO_PASSWORD
from operations.welcome import welcome_text


def test_the_admin_is_shown_to_a_moderator_first() -> None:
    admin, others = (line.strip() for line in welcome_text().splitlines() if "@heart.example (" in line)
    assert admin.endswith(f"hana@heart.example (moderator), password {DEMO_PASSWORD}")
    assert [role in others for role in ("(moderator)", "(senior moderator)", "(superuser)")] == [False, True, True]


def test_make_clean_is_mentioned_only_if_it_deletes_the_data(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", environ.Env.db_url_config("sqlite:///db.sqlite3"))
    settings.VAR_DIR = settings.BASE_DIR / "var"
    assert f'everything in {settings.VAR_DIR}; "make clean" deletes it' in welcome_text()
    settings.VAR_DIR = tmp_path
    elsewhere = welcome_text()
    assert f"everything in {tmp_path}\n" in elsewhere
    assert "make clean" not in elsewhere


def test_data_in_postgresql_is_named_by_its_database_without_password(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgres://mina:secret@127.0.0.1:5432/hearts"
    monkeypatch.setitem(settings.DATABASES, "default", environ.Env.db_url_config(url))
    text = welcome_text()
    assert "everything else in the database hearts" in text
    assert "make clean" not in text
    assert "secret" not in text


LOCAL, NAMED = "http://127.0.0.1:8000", "http://192.168.0.10:8000"


@pytest.mark.parametrize(
    ("bind", "public_url", "is_warned"),
    [
        ("127.0.0.1", LOCAL, False),
        ("::1", LOCAL, False),
        ("0.0.0.0", LOCAL, True),
        ("::", LOCAL, True),
        ("192.168.0.10", "http://localhost:8000", True),
        ("0.0.0.0", NAMED, False),
    ],
)
def test_a_server_that_phones_reach_warns_of_urls_that_they_do_not(
    settings: Any, bind: str, public_url: str, is_warned: bool
) -> None:
    settings.BIND, settings.PUBLIC_URL = bind, public_url
    assert ("WARNING" in welcome_text()) == is_warned
    assert ("PUBLIC_URL=http://" in welcome_text()) == is_warned
