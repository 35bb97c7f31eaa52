"""Print the coverage of each package from a report of `coverage json`: `python -m tests.coverage_by_package REPORT`."""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

COUNTS = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def main(report: Path) -> None:
    """Print a line for each package and one for all: statements, and the part of lines and of branches that ran."""
    packages = counts_by_package(json.loads(report.read_text())["files"])
    print(f"{'package':30} {'statements':>10} {'lines':>7} {'branches':>8}")
    for name, counts in [*sorted(packages.items()), ("all", sum(packages.values(), Counter()))]:
        lines = _percent(counts["covered_lines"], counts["num_statements"])
        branches = _percent(counts["covered_branches"], counts["num_branches"])
        print(f"{name:30} {counts['num_statements']:10} {lines:>7} {branches:>8}")
    print("Line by line: var/coverage/html/index.html")


def counts_by_package(files: dict[str, Any]) -> dict[str, Counter[str]]:
    """Return the sums of COUNTS of the files in each folder, such as "accounts/signup"."""
    packages: dict[str, Counter[str]] = defaultdict(Counter)
    for path, measured in files.items():
        packages[str(Path(path).parent)].update({name: measured["summary"][name] for name in COUNTS})
    return {name: counts for name, counts in packages.items() if counts["num_statements"]}


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
