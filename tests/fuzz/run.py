"""The API under requests that schemathesis makes of its description: `python -m tests.fuzz.run --cases 20000`.

Once without a token and once as a member, each with links from one answer to the next request. A 5xx, a page, a status
or a shape that the description does not name, a token not asked for, or a fault let through, is a failure.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.served import ROOT, Served, served

# Whether a good request is taken also hangs on codes, proofs and tokens that only a letter or an answer can tell.
UNKNOWABLE = "positive_data_acceptance"
MEMBER = {"FUZZ_EMAIL": "mina@heart.example", "FUZZ_PASSWORD": "a-small-town-by-the-sea"}
# Nothing that is counted may stand in the way, nor a token that ends in the middle.
LENIENT = {"RATE_LIMITS": "off", "PASSWORD_GUESSES_NEAR": "1000000", "PASSWORD_GUESSES_FAR": "1000000"}


# Cases made for one operation in one round, beside those that cover its schema.
EXAMPLES = 150


@dataclass(frozen=True)
class Findings:
    """What one run did: the cases it asked, the failures it found, and what schemathesis said of them."""

    cases: int
    failures: int
    said: str


def fuzz(here: Served, *, examples: int, as_member: bool, seed: int | None = None) -> Findings:
    """Ask a running server, with a limit to the cases made for one operation; the same seed makes the same cases."""
    report = here.var / "fuzz.json"
    report.unlink(missing_ok=True)
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{here.url}/api/v1/schema/"]
    command += ["--checks", "all", "--exclude-checks", UNKNOWABLE, "--continue-on-failure", "--no-shrink"]
    command += ["--max-examples", str(examples), "--warnings", "off"]
    command += ["--seed", str(seed)] if seed is not None else []
    command += ["--report", "json", "--report-json-path", str(report)]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT), "FUZZ_URL": here.url}
    environment = os.environ | hooks | (MEMBER if as_member else {})
    done = subprocess.run(command, cwd=here.var, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if not report.exists():
        return Findings(0, 1, said)
    told = json.loads(report.read_text())
    failures = len(told["failures"]) + len(told["errors"])
    return Findings(told["test_cases"]["generated"], failures or done.returncode, said)


def main() -> int:
    """Rounds of both kinds until there were enough cases; 1 at the first that found something, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="at least so many (default: 20000)")
    wanted, asked, turns = parser.parse_args().cases, 0, itertools.cycle([False, True])
    with tempfile.TemporaryDirectory(prefix="heart-to-heart-fuzz-") as folder, served(Path(folder), **LENIENT) as here:
        while asked < wanted:
            found = fuzz(here, examples=EXAMPLES, as_member=next(turns))
            asked += found.cases
            print(f"{asked} cases, {found.failures} failures", flush=True)
            if found.failures:
                print(found.said)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
