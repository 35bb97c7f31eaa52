"""Run the clean-up tasks of every app."""

import json
import sys
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser

from libs.cleanup import CleanupTask, cleanup_tasks

FAILED = 1

log = structlog.get_logger("cleanup")


class Command(BaseCommand):
    """Safe to run at any time, even twice at once; once an hour is enough."""

    help = "Delete expired and unused data of every app. Exit codes: 0 all tasks ran, 1 a task failed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every task and print how many records it handled; a task that fails does not stop the others."""
        counts = {name: self._run(name, task) for name, task in cleanup_tasks().items()}
        self.stdout.write(json.dumps(counts) if options["json"] else _table(counts))
        if None in counts.values():
            sys.exit(FAILED)

    def _run(self, name: str, task: CleanupTask) -> int | None:
        try:
            return task()
        except Exception:  # the other tasks still run
            log.exception("clean-up task failed", task=name)
            return None


def _table(counts: dict[str, int | None]) -> str:
    return "\n".join(f"{name:20} {'failed' if count is None else count:>8}" for name, count in counts.items())
