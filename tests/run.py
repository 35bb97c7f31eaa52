"""Run all tests: on SQLite, then on PostgreSQL and Redis where both are installed.

`python -m tests.run [--leg sqlite|postgresql] [WORDS FOR PYTEST]`. The first leg that fails is the last.
"""

import argparse
import os
import subprocess
import sys

from tests import services
from tests.demo_server import MAX_PROCESSES
from tests.legs import LEGS, running_legs


def main() -> int:
    """Run the chosen leg or both; return the exit code of the first that failed, or 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leg", choices=LEGS, help="only this one (default: all that can run here)")
    chosen, words = parser.parse_known_args()
    _report_missing_programs()
    with running_legs(chosen.leg) as legs:
        for name, settings in legs.items():
            print(f"\n----- Tests on {LEGS[name]} -----", flush=True)
            code = subprocess.run([*_pytest(), *words], env=_environment() | settings, check=False).returncode
            if code:
                return code
    return 0 if legs else 1


def _report_missing_programs() -> None:
    if not services.chromium():
        print("Left out: the browser tests, because there is no Chromium on PATH.")
    if not services.program("nginx"):
        print("Left out: the tests of deploy/nginx, because nginx is not installed.")


def _pytest() -> list[str]:
    """Pytest with one process more than there are processors, since some tests only wait for a server.

    Processes take tests from each other in the end, so that none is idle; each skip is printed with its reason.
    """
    processes = min((os.cpu_count() or 1) + 1, MAX_PROCESSES)
    return [sys.executable, "-m", "pytest", "-n", str(processes), "--dist", "worksteal", "-rs", "--durations", "10"]


def _environment() -> dict[str, str]:
    """Our environment without what would choose another database or cache, or compile every module anew each time."""
    ignored = ("DATABASE_URL", "DATABASE_REPLICA_URLS", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if name not in ignored}


if __name__ == "__main__":
    sys.exit(main())
