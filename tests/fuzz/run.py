"""The API under requests that schemathesis makes of its description: `python -m tests.fuzz.run --cases 20000`.

On SQLite and on PostgreSQL and Redis, as a stranger and as a member, each with links from one answer to the next
request. A 5xx, a page, a status or a shape that the description does not name, an operation that works without the
token it needs, or a bad request that is accepted, is a failure.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.demo_server import demo_server
from tests.legs import LEGS, running_legs
from tests.server_process import ROOT, ServerProcess

# Whether a valid request is accepted also depends on codes, proofs and tokens of e-mails and other responses.
UNKNOWABLE = "positive_data_acceptance"
MEMBER = {"FUZZ_EMAIL": DEMO_MEMBER, "FUZZ_PASSWORD": DEMO_PASSWORD}
# Limits would refuse most of the requests.
LENIENT = {"RATE_LIMITS": "off", "PASSWORD_GUESSES_PER_NETWORK": "1000000", "PASSWORD_GUESSES_TOTAL": "1000000"}
# The settings of schemathesis that its command line does not have.
CONFIG = Path(__file__).parent / "schemathesis.toml"
# Cases made for one operation in one round, beside those that cover its schema.
EXAMPLES = 150


@dataclass(frozen=True)
class Findings:
    """What one run did: the number of cases and of failures, and the output of schemathesis."""

    cases: int
    failures: int
    output: str


def fuzz(here: ServerProcess, *, examples: int, as_member: bool, seed: int | None = None) -> Findings:
    """Send generated requests to a running server, at most `examples` for one operation; a seed makes the same ones."""
    report = here.var / "fuzz.json"
    report.unlink(missing_ok=True)
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(CONFIG)]
    command += ["run", f"{here.url}/api/v1/schema/"]
    command += ["--checks", "all", "--exclude-checks", UNKNOWABLE, "--continue-on-failure", "--no-shrink"]
    command += ["--max-examples", str(examples), "--warnings", "off"]
    command += ["--seed", str(seed)] if seed is not None else []
    command += ["--report", "json", "--report-json-path", str(report)]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT), "FUZZ_URL": here.url}
    environment = os.environ | hooks | (MEMBER if as_member else {})
    done = subprocess.run(command, cwd=here.var, env=environment, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    written = report.read_text() if report.exists() else ""
    if not written:
        return Findings(0, 1, output)
    found = json.loads(written)
    failures = len(found["failures"]) + len(found["errors"])
    return Findings(found["test_cases"]["generated"], failures or done.returncode, output)


def fuzz_until(name: str, leg: Mapping[str, str], wanted: int) -> bool:
    """Rounds of both kinds on one leg until there were enough cases; whether none found anything."""
    cases, turns = 0, itertools.cycle([False, True])
    with (
        tempfile.TemporaryDirectory(prefix="heart-to-heart-fuzz-") as folder,
        demo_server(Path(folder), LENIENT, leg) as at,
    ):
        while cases < wanted:
            as_member, began = next(turns), time.monotonic()
            found = fuzz(at, examples=EXAMPLES, as_member=as_member)
            cases += found.cases
            who, seconds = "a member" if as_member else "a stranger", time.monotonic() - began
            print(f"{name}, as {who}: {found.cases} cases, {found.failures} failures, {seconds:.0f} s", flush=True)
            if found.failures:
                print(found.output)
                return False
    return True


def main() -> int:
    """Each leg; 1 at the first round that found something, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="at least so many on each leg (default: 20000)")
    wanted = parser.parse_args().cases
    with running_legs() as legs:
        return 0 if all(fuzz_until(LEGS[name], leg, wanted) for name, leg in legs.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
