"""Read the settings anew, with a chosen environment."""

import os
import runpy
from pathlib import Path
from typing import Any
from unittest import mock

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
# A complete production environment, in which the server starts.
PRODUCTION_ENVIRONMENT = dict(
    line.split("=", 1)
    for line in (ROOT / "tests/production.env").read_text().splitlines()
    if line and not line.startswith("#")
)


def settings_in(**environment: str) -> dict[str, Any]:
    """Return the settings in this environment."""
    with mock.patch.dict(os.environ, environment, clear=True):
        return runpy.run_path(str(ROOT / "config/settings.py"))


def startup_errors(**environment: str) -> str:
    """Return the error that stops a start in this environment; "" when the settings are accepted.

    The module is executed in this process, since a process for each of so many cases takes its time.
    """
    try:
        settings_in(**environment)
    except ImproperlyConfigured as error:
        return f"ImproperlyConfigured: {error}"
    return ""
