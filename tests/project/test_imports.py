"""Packages and the imports between them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_leg

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES = CONTRACTS["root_packages"]
NOWHERE = {"common", "core", "helpers", "misc", "shared", "utils"}


def test_imports_point_one_way_as_the_contracts_in_pyproject_say() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_package_stands_in_the_contracts() -> None:
    packages = {at.parent.name for at in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages == set(PACKAGES)


def test_the_image_is_built_with_all_packages() -> None:
    taken = (ROOT / ".dockerignore").read_text().splitlines()
    assert set(PACKAGES) <= {line.removeprefix("!") for line in taken if line.startswith("!")}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_named_after_belonging_nowhere(package: str) -> None:
    names = {at.stem for at in (ROOT / package).rglob("*") if at.suffix in ("", ".py")}
    assert not names & NOWHERE


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_reads_the_settings_before_they_are_asked_for(package: str) -> None:
    readers = [at for at in (ROOT / package).rglob("*.py") if "import settings" in at.read_text()]
    eager = [at for at in readers if re.search(r"^[A-Z_]+ = .*\bsettings\.", at.read_text(), re.MULTILINE)]
    assert eager == []
