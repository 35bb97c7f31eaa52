"""Fixtures for concurrent requests on both databases, shared with the tests of members."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.conftest import at_once, shared_db
from tests.libs.outbox.processes import Environment, database_url
from tests.services import free_port

__all__ = ["at_once", "shared_db"]


@pytest.fixture
def environment(shared_db: None, tmp_path: Path, settings: Any) -> Environment:
    """The environment of a server with this test's database and images, and a lease of 3 seconds."""
    disk = {"BACKEND": "media.storage.local.LocalStorage", "OPTIONS": {"location": tmp_path / "pictures"}}
    settings.STORAGES = settings.STORAGES | {"default": disk}
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(tmp_path),
        "PORT": str(free_port()),
        "IDEMPOTENCY_LEASE_SECONDS": "3",
    }
