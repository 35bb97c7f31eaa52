"""The text that a local server prints when it is ready."""

from pathlib import Path
from typing import Any

import environ
import pytest

from operations.welcome import welcome_text


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
