"""What a newcomer reads when a local server is ready."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAY = "import django; django.setup(); from operations.welcome import welcome_text; print(welcome_text())"


def said(**also: str) -> str:
    """The welcome of a server with these settings."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "VAR_DIR")}
    environment = inherited | {"DJANGO_SETTINGS_MODULE": "config.settings"} | also
    words = [sys.executable, "-c", SAY]
    return subprocess.run(words, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_make_clean_is_named_only_where_it_begins_anew(tmp_path: Path) -> None:
    assert f'all of it in {ROOT / "var"}; "make clean" starts anew' in said()
    elsewhere = said(VAR_DIR=str(tmp_path))
    assert f"all of it in {tmp_path}\n" in elsewhere
    assert "make clean" not in elsewhere


def test_data_in_a_database_of_its_own_is_not_said_to_be_a_file() -> None:
    told = said(DATABASE_URL="postgres://mina:secret@127.0.0.1:5432/hearts")
    assert "all else in the database hearts" in told
    assert "make clean" not in told
    assert "secret" not in told
