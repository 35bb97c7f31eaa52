"""Examine whether the server has what it needs."""

from collections import Counter
from dataclasses import asdict
from importlib import import_module
from typing import Any

from libs.commands.base import OperatorCommand
from libs.commands.results import ExitCode, Result
from operations.doctor.findings import FAIL, WARN, Finding, examine_all

MODULES = ("configuration", "database", "services", "storage")


class Command(OperatorCommand):
    """Changes nothing, but for a value in the cache and a file in each storage, which it deletes again."""

    help = (
        "Examine settings, keys, database, clock, replicas, cache, storage, mail server, outbox, clean-up and disk, "
        "and say what to do. Exit codes: 0 nothing failed, 1 something did."
    )

    def run(self, **options: Any) -> Result:
        """Run all examinations."""
        for name in MODULES:
            import_module(f"operations.doctor.{name}")
        findings = list(examine_all())
        counts = Counter(finding.level for finding in findings)
        summary = f"{len(findings)} findings: {counts[FAIL]} failures, {counts[WARN]} warnings."
        is_failed = counts[FAIL] > 0
        return Result(
            {"failed": is_failed, "findings": [asdict(finding) for finding in findings]},
            "\n".join([*map(_line, findings), summary]),
            ExitCode.FAILED if is_failed else ExitCode.DONE,
        )


def _line(finding: Finding) -> str:
    line = f"{finding.level:4}  {finding.about:15} {finding.text}"
    return f"{line}\n{'':22}-> {finding.advice}" if finding.advice else line
