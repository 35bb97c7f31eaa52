"""Import the settings in a process of its own, with a chosen environment."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A complete production environment, in which the server starts.
PRODUCTION_ENVIRONMENT = dict(
    line.split("=", 1)
    for line in (ROOT / "tests/production.env").read_text().splitlines()
    if line and not line.startswith("#")
)


def startup_errors(**environment: str) -> str:
    """Return what the start prints on standard error; "" when the settings are accepted."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env=inherited | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stderr
