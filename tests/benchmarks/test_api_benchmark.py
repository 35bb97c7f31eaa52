"""The benchmark of the API runs to its end; what it measures is not asserted."""

import subprocess
from pathlib import Path

import pytest

from benchmarks.api.scenarios import GROWTH, SCENARIOS
from tests import services
from tests.server_process import ROOT

PYTHON = ROOT / "var" / "benchmarks" / "venv" / "bin" / "python"
SMALL = "--posts 2000 --members 300 --blocks 2000 --seconds 0.1 --rounds 1"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON.exists(), reason="`make benchmark` has not installed its packages"),
    pytest.mark.skipif(not (services.has_postgres() and services.has_redis()), reason="needs PostgreSQL and Redis"),
]


def test_every_scenario_is_answered_by_every_server(tmp_path: Path) -> None:
    # Growth needs servers for each of three tables, and asks them nothing else.
    chosen = [scenario for scenario in SCENARIOS if scenario.name != GROWTH]
    words = [f"--scenario={scenario.name}" for scenario in chosen] + ["--results", str(tmp_path)]
    # The command itself fails if a request is refused, or if the limit answers with other posts than ours.
    command = [str(PYTHON), "-m", "benchmarks.api", *SMALL.split(), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = {tuple(line.split(" | ")[:2]) for line in (tmp_path / "RESULTS.md").read_text().splitlines()}
    assert {(f"| {scenario.title}", each.label) for scenario in chosen for each in scenario.contenders} <= rows
    assert (tmp_path / "ratios.svg").exists()
