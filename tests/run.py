"""The whole suite as `make test` runs it: on SQLite, then on PostgreSQL and Redis where these are installed.

Words after `python -m tests.run` are handed to pytest. The first leg that fails is the last.
"""

import os
import subprocess
import sys

from tests import services
from tests.demo_server import MAX_PROCESSES
from tests.legs import legs

PYTEST = [sys.executable, "-m", "pytest", "-n", "auto", "--maxprocesses", str(MAX_PROCESSES)]


def main() -> int:
    """Run both legs; the exit code of the first that failed, or 0."""
    if not services.chromium():
        print("Left out: the browser tests, because there is no Chromium on PATH.")
    if not services.program("nginx"):
        print("Left out: the tests of deploy/nginx, because nginx is not installed.")
    with legs() as found:
        for name, also in found.items():
            print(f"\n----- The tests on {name} -----", flush=True)
            failed = subprocess.run([*PYTEST, *sys.argv[1:]], env=_environment() | also, check=False).returncode
            if failed:
                return failed
    return 0


def _environment() -> dict[str, str]:
    """Ours, less what would choose another database or cache."""
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}


if __name__ == "__main__":
    sys.exit(main())
