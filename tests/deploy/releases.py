"""Releases of this project in folders of their own, some of them changed."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.server_process import ROOT

# What a release is made of.
PARTS = (
    "accounts", "android", "comments", "config", "deploy", "libs", "media", "moderation", "notifications",
    "operations", "posts", "templates", "manage.py", "requirements.txt",
)  # fmt: skip
MIGRATION = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("posts", "{last}")]
    operations = [migrations.RunSQL("ALTER TABLE posts_post ADD COLUMN mood varchar(20) NULL")]
"""
Change = Callable[[Path], None]


def copy_release(folder: Path) -> None:
    """Put what a release is made of into the folder, in the place of what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, folder / part)


def make_buckets(s3_url: str) -> dict[str, str]:
    """Make the buckets on that S3 server, and return the settings that lead to them."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    storage = {"STORAGE_ENDPOINT": s3_url, "STORAGE_BUCKET": "pictures", "PRIVATE_BUCKET": "private"}
    storage |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    command = [sys.executable, "deploy/compose/make_buckets.py"]
    subprocess.run(command, cwd=ROOT, env=os.environ | storage, check=True)
    return storage | {"IMAGE_BASE_URL": "http://here/pictures"}


def never_be_ready(bundle: Path) -> None:
    """Answer 503 to /readyz for ever."""
    health = bundle / "operations/health.py"
    health.write_text(health.read_text().replace('200 if database == "ok" else 503', "503"))


def add_a_column(bundle: Path) -> None:
    """Add a migration of one column, which releases before it do not know."""
    folder = bundle / "posts/migrations"
    last = max(file.stem for file in folder.glob("0*.py"))
    (folder / f"{int(last[:4]) + 1:04}_mood.py").write_text(MIGRATION.format(last=last))
