"""The whole suite as `make test` runs it: on SQLite, then on PostgreSQL and Redis where these are installed.

Words after `python -m tests.run` are handed to pytest. The first leg that fails is the last.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

from tests import services

# Databases of Redis are given out by number, and there are sixteen.
PYTEST = [sys.executable, "-m", "pytest", "-n", "auto", "--maxprocesses", "8"]


def main() -> int:
    """Run both legs; the exit code of the first that failed, or 0."""
    with ExitStack() as stack:
        given = _given(stack)
        legs: list[tuple[str, dict[str, str]]] = [("SQLite", {})]
        if len(given) == 2:
            also = {"DATABASE_URL": given["TEST_POSTGRES_URL"], "REDIS_URL": given["TEST_REDIS_URL"]}
            legs.append(("PostgreSQL and Redis", also))
        for name, also in legs:
            print(f"\n----- The tests on {name} -----", flush=True)
            failed = subprocess.run([*PYTEST, *sys.argv[1:]], env=_environment() | given | also, check=False).returncode
            if failed:
                return failed
    return 0


def _given(stack: ExitStack) -> dict[str, str]:
    """The URLs of the servers, started for this run; says what is missing and so left out."""
    given = {}
    if services.has_postgres():
        given["TEST_POSTGRES_URL"] = stack.enter_context(services.postgres_server())
    if services.has_redis():
        given["TEST_REDIS_URL"] = stack.enter_context(services.redis_server())
    if len(given) < 2:
        print("Left out: the second leg, on PostgreSQL and Redis, because not both are installed.")
    if not services.chromium():
        print("Left out: the browser tests, because there is no Chromium on PATH.")
    return given


def _environment() -> dict[str, str]:
    """Ours, less what would choose another database or cache."""
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}


if __name__ == "__main__":
    sys.exit(main())
