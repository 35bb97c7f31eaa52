"""The worker, which takes due jobs one at a time, runs their handlers, and records how they ended."""

import logging
import time
from collections.abc import Collection
from datetime import timedelta

import django.db
from structlog.contextvars import bound_contextvars

from libs.outbox import metrics
from libs.outbox.connections import close_unusable_connections
from libs.outbox.errors import PermanentFailure, Postponed, RetryLater
from libs.outbox.lease import hold_lease
from libs.outbox.models import Job
from libs.outbox.pauses import Pauses
from libs.outbox.queue_monitor import QueueMonitor
from libs.outbox.redaction import describe_exception
from libs.outbox.registry import handler_of, known_kinds, lane_of
from libs.outbox.wakeup import Wakeup

logger = logging.getLogger("outbox")

LEVELS = {
    "done": logging.INFO,
    "abandoned": logging.WARNING,
    "postponed": logging.WARNING,
    "failed": logging.WARNING,
    "lost": logging.WARNING,
    "dead": logging.ERROR,
}


class Worker:
    """Runs jobs of the chosen kinds, or of all that have a handler; with a lane, those of that lane only.

    Any number of workers may share a queue, in threads, processes and machines. Jobs of a kind without a handler wait,
    and their kind is warned about once. `monitor` and `pauses` are shared by the workers of a process.

    Raises UnknownJobKind when a chosen kind has no handler.
    """

    # How long an idle worker waits for a notification before it looks for jobs of other processes. Seconds.
    poll_seconds = 1.0
    # How long it waits after an error of the database. Seconds.
    trouble_seconds = 2.0

    def __init__(
        self,
        chosen: Collection[str] = (),
        *,
        lane: str | None = None,
        monitor: QueueMonitor | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        for kind in chosen:
            handler_of(kind)
        self.chosen = list(chosen)
        self.lane = lane
        self.monitor = monitor or QueueMonitor()
        self.pauses = pauses or Pauses()
        # A plain flag, so that a signal handler may set it whatever lock its thread holds.
        self.stopping = False
        self._wakeup = Wakeup(self.takes)

    def takes(self, kind: str) -> bool:
        """Whether it runs jobs of this kind now."""
        is_ours = (not self.chosen or kind in self.chosen) and self.lane in (None, lane_of(kind))
        return is_ours and not self.pauses.is_paused(kind)

    def run(self) -> None:
        """Run jobs until stopped; waits while the database is away."""
        while not self.stopping:
            try:
                if not self.step():
                    self._wakeup.wait(self.poll_seconds)
            except django.db.Error as error:
                logger.warning("outbox database trouble", extra={"error": describe_exception(error)})
                time.sleep(self.trouble_seconds)
            # A lane without a worker would stand still, and nobody would notice.
            except Exception as error:
                logger.exception("outbox worker trouble", extra={"error": describe_exception(error)})
                time.sleep(self.trouble_seconds)

    def drain(self) -> int:
        """Run jobs until none is due; returns how many it ran."""
        ran = 0
        while not self.stopping and self.step():
            ran += 1
        return ran

    def stop(self) -> None:
        """Let `run` return after the present job; called from another thread."""
        self.stopping = True
        self._wakeup.notify()

    def step(self) -> bool:
        """Run one job if one is due; returns whether it did."""
        close_unusable_connections()
        self.monitor.measure_if_due()
        job = Job.objects.claim([kind for kind in known_kinds() if self.takes(kind)])
        if job:
            with bound_contextvars(**({"request_id": job.request_id} if job.request_id else {})):
                self._run(job)
        return job is not None

    def _run(self, job: Job) -> None:
        """Run the job's handler, outside any transaction, and record, count and log the outcome."""
        started = time.perf_counter()
        outcome = self._outcome_of(job)
        seconds = time.perf_counter() - started
        metrics.record_attempt(job.kind, outcome, seconds)
        fields = {"kind": job.kind, "job": job.pk, "attempts": job.attempts, "outcome": outcome}
        fields["ms"] = round(seconds * 1000, 1)
        if job.last_error:
            fields["error"] = job.last_error
        logger.log(LEVELS[outcome], "outbox job", extra=fields)

    def _outcome_of(self, job: Job) -> str:
        """Run the handler and record the end; one of `LEVELS`, "lost" when another worker has the job now."""
        if job.irreversible_at:
            is_ours = job.abandon("Its worker died during a step that must not be done twice, and may have done it.")
            return "abandoned" if is_ours else "lost"
        if job.has_used_up_attempts:
            is_ours = job.give_up("Its worker died, or took longer than the lease, at every attempt.")
            return "dead" if is_ours else "lost"
        error = _error_of(job)
        # Before the job is free again, so that no other worker of this process takes it in vain.
        if isinstance(error, Postponed):
            self.pauses.pause(job.kind, error.delay)
        if not self._record_end(job, error):
            return "lost"
        if job.state == "waiting":
            return "postponed" if isinstance(error, Postponed) else "failed"
        return job.state

    def _record_end(self, job: Job, error: BaseException | None) -> bool:
        """Record how the job ended; False when another worker has it.

        Waits while the database is away: the job would run again, or be abandoned although it is done.
        """
        while True:
            # A connection that broke meanwhile could not record the end.
            close_unusable_connections()
            try:
                return _record_end_once(job, error)
            except (django.db.OperationalError, django.db.InterfaceError) as trouble:
                if self.stopping:
                    raise
                logger.warning("outbox database trouble", extra={"error": describe_exception(trouble)})
                time.sleep(self.trouble_seconds)


def _error_of(job: Job) -> BaseException | None:
    """Run the handler and return what it raises; None when it succeeds."""
    try:
        with hold_lease(job):
            handler_of(job.kind)(job.payload)
    # Whatever a handler raises concerns its job, not the worker.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return error
    return None


def _record_end_once(job: Job, error: BaseException | None) -> bool:
    if error is None:
        return job.mark_done()
    reason = describe_exception(error)
    if isinstance(error, PermanentFailure):
        return job.abandon(reason)
    if isinstance(error, Postponed):
        return job.postpone(reason)
    return job.mark_failed(reason, delay=error.delay if isinstance(error, RetryLater) else timedelta())
