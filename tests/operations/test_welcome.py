"""The text that a local server prints when it is ready."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRINT_WELCOME = "import django; django.setup(); from operations.welcome import welcome_text; print(welcome_text())"


def welcome_with(**settings: str) -> str:
    """Return the welcome text of a server with these settings."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "VAR_DIR")}
    environment = inherited | {"DJANGO_SETTINGS_MODULE": "config.settings"} | settings
    command = [sys.executable, "-c", PRINT_WELCOME]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_make_clean_is_mentioned_only_if_it_deletes_the_data(tmp_path: Path) -> None:
    assert f'everything in {ROOT / "var"}; "make clean" deletes it' in welcome_with()
    elsewhere = welcome_with(VAR_DIR=str(tmp_path))
    assert f"everything in {tmp_path}\n" in elsewhere
    assert "make clean" not in elsewhere


def test_data_in_postgresql_is_named_by_its_database_without_password() -> None:
    text = welcome_with(DATABASE_URL="postgres://mina:secret@127.0.0.1:5432/hearts")
    assert "everything else in the database hearts" in text
    assert "make clean" not in text
    assert "secret" not in text
