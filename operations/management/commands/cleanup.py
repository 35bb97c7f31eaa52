"""Run the scheduled clean-up: the tasks that apps and libraries register in their `cleanup.py`.

A timer runs it each hour: deploy/staging/systemd/heart-cleanup.timer, k8s/chart/templates/cleanup.yaml.
"""

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

    help = (
        "Delete expired and unused data of every app, and correct counts; with --dry-run, count what would change. "
        "Files, and the posts and other data of erased members, are deleted afterwards, by jobs of the outbox. Exit "
        "codes: 0 all tasks ran, 1 a task failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --task and --dry-run."""
        super().add_arguments(parser)
        names = list(cleanup_tasks())
        parser.add_argument(
            "--task", action="append", choices=names, metavar="NAME", help=f"only this task, of {', '.join(names)}"
        )
        parser.add_argument("--dry-run", action="store_true", help="count what each task would delete or change")

    def run(self, *, task: list[str] | None, dry_run: bool, **options: Any) -> Result:
        """Run the tasks and count the records they dealt with; a task that fails does not stop the others."""
        chosen = {name: run for name, run in cleanup_tasks().items() if not task or name in task}
        run_task = _count if dry_run else _run
        counts = {name: run_task(name, chosen[name]) for name in self.progress.track(chosen, "clean-up", len(chosen))}
        rows = [[name, "failed" if count is None else count] for name, count in counts.items()]
        is_failed = None in counts.values()
        text = format_table(rows) + ("\nNothing was changed." if dry_run else "")
        return Result(counts, text, ExitCode.FAILED if is_failed else ExitCode.DONE)


def _run(name: str, task: CleanupTask) -> int | None:
    started = perf_counter()
    rows = _count(name, task, dry=False)
    # A database that is away fails the tasks, and is in the log by then.
    with suppress(Error):
        CleanupRun.objects.record(name, rows=rows, seconds=perf_counter() - started)
    return rows


def _count(name: str, task: CleanupTask, *, dry: bool = True) -> int | None:
    try:
        return task(dry=dry)
    except Exception:  # the other tasks still run
        log.exception("clean-up task failed", task=name)
        return None
