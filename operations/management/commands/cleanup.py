"""Run the clean-up tasks of every app."""

from contextlib import suppress
from time import perf_counter
from typing import Any

import structlog
from django.core.management.base import CommandParser
from django.db import Error

from libs.cleanup import CleanupTask, cleanup_tasks
from libs.commands.base import OperatorCommand
from libs.commands.results import ExitCode, Result, format_table
from operations.models import CleanupRun

log = structlog.get_logger("cleanup")


class Command(OperatorCommand):
    """Safe to run at any time, even twice at once; once an hour is enough."""

    help = "Delete expired and unused data of every app. Exit codes: 0 all tasks ran, 1 a task failed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --task."""
        super().add_arguments(parser)
        names = list(cleanup_tasks())
        parser.add_argument(
            "--task", action="append", choices=names, metavar="NAME", help=f"only this task, of {', '.join(names)}"
        )

    def run(self, *, task: list[str] | None, **options: Any) -> Result:
        """Run the tasks and count the records they dealt with; a task that fails does not stop the others."""
        chosen = {name: run for name, run in cleanup_tasks().items() if not task or name in task}
        counts = {
            name: self._run_task(name, chosen[name]) for name in self.progress.track(chosen, "clean-up", len(chosen))
        }
        rows = [[name, "failed" if count is None else count] for name, count in counts.items()]
        is_failed = None in counts.values()
        return Result(counts, format_table(rows), ExitCode.FAILED if is_failed else ExitCode.DONE)

    def _run_task(self, name: str, task: CleanupTask) -> int | None:
        started, rows = perf_counter(), None
        try:
            rows = task()
        except Exception:  # the other tasks still run
            log.exception("clean-up task failed", task=name)
        # A database that is away fails the tasks, and is in the log by then.
        with suppress(Error):
            CleanupRun.objects.record(name, rows=rows, seconds=perf_counter() - started)
        return rows
