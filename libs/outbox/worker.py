"""The worker, which takes due jobs one at a time, runs their handlers, and records how they ended."""

import logging
import time
from collections.abc import Collection

import django.db
from structlog.contextvars import bound_contextvars

from libs.outbox import metrics, wakeup
from libs.outbox.errors import PermanentFailure, Postponed
from libs.outbox.lease import hold_lease
from libs.outbox.models import Job
from libs.outbox.redaction import describe_exception
from libs.outbox.registry import handler_of, known_kinds

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
    """Runs jobs of the chosen kinds, or of all that have a handler.

    Any number of workers may share a queue, in threads, processes and machines. Jobs of a kind without a handler wait,
    and each worker warns of their kind once. Raises UnknownJobKind when a chosen kind has no handler.
    """

    # How long an idle worker waits for a notification before it looks for jobs of other processes. Seconds.
    poll_seconds = 1.0
    # How long it waits after an error of the database. Seconds.
    trouble_seconds = 2.0
    # How often it updates the metrics of the queue. Seconds.
    measure_seconds = 15.0

    def __init__(self, chosen: Collection[str] = ()) -> None:
        for kind in chosen:
            handler_of(kind)
        self.chosen = list(chosen)
        # A plain flag, so that a signal handler may set it whatever lock its thread holds.
        self.stopping = False
        self._measured_at = float("-inf")
        self._warned_of: set[str] = set()

    def run(self) -> None:
        """Run jobs until stopped; waits while the database is away."""
        while not self.stopping:
            try:
                ran = self.step()
            except django.db.Error as error:
                logger.warning("outbox database trouble", extra={"error": describe_exception(error)})
                time.sleep(self.trouble_seconds)
                continue
            if not ran:
                wakeup.wait(self.poll_seconds)

    def drain(self) -> int:
        """Run jobs until none is due; returns how many it ran."""
        ran = 0
        while not self.stopping and self.step():
            ran += 1
        return ran

    def stop(self) -> None:
        """Let `run` return after the present job; called from another thread."""
        self.stopping = True
        wakeup.notify()

    def step(self) -> bool:
        """Run one job if one is due; returns whether it did."""
        _close_unusable_connections()
        self._measure_queue_sometimes()
        job = Job.objects.claim(self.chosen or known_kinds())
        if job:
            with bound_contextvars(**({"request_id": job.request_id} if job.request_id else {})):
                _run(job)
        return job is not None

    def _measure_queue_sometimes(self) -> None:
        if time.monotonic() - self._measured_at >= self.measure_seconds:
            self._warn_of(metrics.measure_queue().unknown)
            self._measured_at = time.monotonic()

    def _warn_of(self, unknown: dict[str, int]) -> None:
        for kind in unknown.keys() - self._warned_of:
            logger.warning("outbox jobs wait for a release that knows their kind: %s (%d)", kind, unknown[kind])
        self._warned_of |= unknown.keys()


def _close_unusable_connections() -> None:
    for connection in django.db.connections.all(initialized_only=True):
        # A transaction around the worker, as in tests, would end with its connection.
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _run(job: Job) -> None:
    """Run the job's handler, outside any transaction, and record, count and log the outcome."""
    started = time.perf_counter()
    outcome = _outcome_of(job)
    seconds = time.perf_counter() - started
    metrics.record_attempt(job.kind, outcome, seconds)
    fields = {"kind": job.kind, "job": job.pk, "attempts": job.attempts, "outcome": outcome}
    fields["ms"] = round(seconds * 1000, 1)
    if job.last_error:
        fields["error"] = job.last_error
    logger.log(LEVELS[outcome], "outbox job", extra=fields)


def _outcome_of(job: Job) -> str:
    """Run the handler and record the end; one of `LEVELS`, "lost" when another worker has the job now."""
    if job.has_used_up_attempts:
        return "dead" if job.give_up("Its worker died, or took longer than the lease, at every attempt.") else "lost"
    error = _error_of(job)
    # A connection that broke meanwhile could not record the end, and the job would run again.
    _close_unusable_connections()
    if not _record_end(job, error):
        return "lost"
    if job.state == "waiting":
        return "postponed" if isinstance(error, Postponed) else "failed"
    return job.state


def _error_of(job: Job) -> BaseException | None:
    """Run the handler and return what it raises; None when it succeeds."""
    try:
        with hold_lease(job):
            handler_of(job.kind)(job.payload)
    # Whatever a handler raises concerns its job, not the worker.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return error
    return None


def _record_end(job: Job, error: BaseException | None) -> bool:
    """Record how the job ended; False when another worker has it."""
    if error is None:
        return job.mark_done()
    reason = describe_exception(error)
    if isinstance(error, PermanentFailure):
        return job.abandon(reason)
    if isinstance(error, Postponed):
        return job.postpone(reason, error.delay)
    return job.mark_failed(reason)
