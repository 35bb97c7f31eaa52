"""Look at the outbox, and decide about its jobs."""

from typing import Any

from django.db import transaction

from libs.commands.base import CommandError, OperatorCommandGroup, argument, subcommand
from libs.commands.results import ExitCode, Result, format_table
from libs.outbox.errors import UnknownJobKind
from libs.outbox.models import Job, JobQuerySet
from libs.outbox.stats import OutboxStats, collect_stats
from libs.outbox.worker import Worker

# Above any number that is worth printing, and below what makes a long transaction.
BATCH = 10_000
KIND = argument("--kind", help="only jobs of this kind")
REASON = "Given up by an operator."


class Command(OperatorCommandGroup):
    help = "Show the jobs of the outbox, run those that are due, retry those that failed for good, or drop some."

    @subcommand("count the jobs by kind, and show the errors of those that failed for good", default_batch=20)
    def status(self, *, batch: int) -> Result:
        """Show the counts and the newest `batch` failed jobs."""
        stats = collect_stats()
        failed = [_describe(job) for job in Job.objects.failed_for_good().order_by("-dead_at")[:batch]]
        return Result(stats.as_dict() | {"failed_jobs": failed}, "\n".join([_table(stats), *map(_line, failed)]))

    @subcommand(
        "give jobs that failed for good all their attempts again",
        KIND,
        argument("--id", type=int, help="only this job"),
        needs_yes=True,
        is_recorded=True,
        default_batch=BATCH,
    )
    def retry(self, *, kind: str | None, id: int | None, yes: bool, batch: int) -> Result:  # noqa: A002
        """Retry failed jobs."""
        return self._change("retry", _chosen(Job.objects.failed_for_good(), kind, id), JobQuerySet.retry, yes, batch)

    @subcommand("run the jobs that are due, one after another", KIND, default_batch=BATCH)
    def drain(self, *, kind: str | None, batch: int) -> Result:
        """Run due jobs in this process."""
        try:
            worker = Worker([kind] if kind else [])
        except UnknownJobKind as error:
            raise CommandError(str(error)) from error
        ran = 0
        while ran < batch and worker.step():
            ran += 1
        code = ExitCode.MORE_LEFT if ran == batch else ExitCode.DONE if ran else ExitCode.NOTHING_TO_DO
        return Result({"ran": ran}, f"Ran {ran} jobs.", code)

    @subcommand(
        "give up waiting jobs of a kind, which `retry` undoes; with --failed, delete those that failed for good",
        argument("--kind", required=True, help="the kind of jobs"),
        argument("--failed", action="store_true", help="delete jobs that failed for good, which nothing undoes"),
        needs_yes=True,
        is_recorded=True,
        default_batch=BATCH,
    )
    def drop(self, *, kind: str, failed: bool, yes: bool, batch: int) -> Result:
        """Give up waiting jobs, or delete failed ones."""
        if failed:
            return self._change("delete", _chosen(Job.objects.failed_for_good(), kind), _delete, yes, batch)
        return self._change("give up", _chosen(Job.objects.idle(), kind), _give_up, yes, batch)

    def _change(self, verb: str, jobs: JobQuerySet, change: Any, yes: bool, batch: int) -> Result:
        """Change at most `batch` of these jobs, or say how many there are."""
        ids = list(jobs.order_by("pk").values_list("pk", flat=True)[: batch + 1])
        chosen = Job.objects.filter(pk__in=ids[:batch])
        number = len(ids[:batch])
        if yes and number:
            with transaction.atomic():
                number = change(chosen)
                self.record("outbox", jobs=number, verb=verb)
        code = ExitCode.MORE_LEFT if len(ids) > batch else ExitCode.DONE if ids else ExitCode.NOTHING_TO_DO
        text = f"Done: {verb} {number} jobs." if yes else f"Would {verb} {number} jobs. Add --yes to do it."
        return Result({"jobs": number, "done": yes}, text, code)


def _chosen(jobs: JobQuerySet, kind: str | None, job_id: int | None = None) -> JobQuerySet:
    jobs = jobs.filter(kind=kind) if kind else jobs
    return jobs.filter(pk=job_id) if job_id else jobs


def _delete(jobs: JobQuerySet) -> int:
    return jobs.delete()[0]


def _give_up(jobs: JobQuerySet) -> int:
    return jobs.give_up(REASON)


def _describe(job: Job) -> dict[str, Any]:
    columns = ("id", "kind", "attempts", "created_at", "dead_at", "last_error")
    return {name: getattr(job, name) for name in columns}


def _line(job: dict[str, Any]) -> str:
    return (
        f"Job {job['id']} ({job['kind']}) failed for good on {job['dead_at']:%Y-%m-%d %H:%M} UTC: {job['last_error']}"
    )


def _table(stats: OutboxStats) -> str:
    total = {"depth": stats.depth, "due": stats.due, "dead": stats.dead}
    rows = [[kind, row["depth"], row["due"], row["dead"]] for kind, row in (stats.kinds | {"all": total}).items()]
    lines = [format_table([["kind", "waiting", "due", "failed"], *rows])]
    lines += [
        f"Lane {lane}: {numbers['due']} due, the oldest for {numbers['oldest_seconds']:.0f} s."
        for lane, numbers in sorted(stats.lanes.items())
        if numbers["due"]
    ]
    lines.append(f"The oldest due job has been due for {stats.oldest_seconds:.0f} s.")
    lines += [f"{kind}: {number} jobs wait for a release with a handler." for kind, number in stats.unknown.items()]
    return "\n".join(lines)
