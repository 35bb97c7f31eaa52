"""The worker: takes due jobs one by one, runs their handlers, writes down what came of it."""

import logging
import time
from collections.abc import Collection

import django.db
from structlog.contextvars import bound_contextvars

from libs.outbox import metrics, wakeup
from libs.outbox.lease import hold_lease
from libs.outbox.models import Job
from libs.outbox.redaction import describe_exception
from libs.outbox.registry import handler_of, known_kinds

logger = logging.getLogger("outbox")

LEVELS = {"done": logging.INFO, "failed": logging.WARNING, "lost": logging.WARNING, "dead": logging.ERROR}


class Worker:
    """Runs jobs of the chosen kinds, or of all that have a handler.

    Any number may work on one queue, in threads, processes and machines. A stopped one finishes the job in its hands.
    Jobs of a kind without a handler wait, and are warned about once. Raises UnknownJobKind for such a chosen kind.
    """

    # How long an idle worker waits for the bell before it looks for jobs of other processes. Seconds.
    poll_seconds = 1.0
    # How long it waits when the database is away. Seconds.
    trouble_seconds = 2.0
    # How often the queue is counted for the metrics. Seconds.
    measure_seconds = 15.0

    def __init__(self, chosen: Collection[str] = ()) -> None:
        for kind in chosen:
            handler_of(kind)
        self.chosen = list(chosen)
        # A plain flag, so that a signal handler may set it whatever lock its thread holds.
        self.stopping = False
        self._measured = float("-inf")
        self._warned: set[str] = set()

    def run(self) -> None:
        """Work until stopped; a database that is away is waited for."""
        while not self.stopping:
            try:
                busy = self.step()
            except django.db.Error as error:
                logger.warning("outbox database trouble", extra={"error": describe_exception(error)})
                time.sleep(self.trouble_seconds)
                continue
            if not busy:
                wakeup.wait(self.poll_seconds)

    def drain(self) -> int:
        """Run what is due until nothing is, then return how many jobs that were."""
        ran = 0
        while not self.stopping and self.step():
            ran += 1
        return ran

    def stop(self) -> None:
        """Let `run` return after the job in hand; from another thread."""
        self.stopping = True
        wakeup.notify()

    def step(self) -> bool:
        """Run one job, if one is due; whether there was one."""
        _close_unusable_connections()
        self._measure_queue_sometimes()
        job = Job.objects.claim(self.chosen or known_kinds())
        if job:
            with bound_contextvars(**({"request_id": job.request_id} if job.request_id else {})):
                self._attempt(job)
        return job is not None

    def _attempt(self, job: Job) -> None:
        began = time.perf_counter()
        if job.has_used_up_attempts:
            outcome = "dead" if job.give_up("Its worker died, or took longer than the lease, at every try.") else "lost"
        else:
            outcome = _run(job)
        seconds = time.perf_counter() - began
        metrics.record_attempt(job.kind, outcome, seconds)
        fields = {"kind": job.kind, "job": job.pk, "attempts": job.attempts, "outcome": outcome}
        fields |= {"ms": round(seconds * 1000, 1)} | (
            {"error": job.last_error} if outcome in ("failed", "dead") else {}
        )
        logger.log(LEVELS[outcome], "outbox job", extra=fields)

    def _measure_queue_sometimes(self) -> None:
        if time.monotonic() - self._measured >= self.measure_seconds:
            self._warn_about(metrics.measure_queue().unknown)
            self._measured = time.monotonic()

    def _warn_about(self, unknown: dict[str, int]) -> None:
        for kind in unknown.keys() - self._warned:
            logger.warning("outbox jobs wait for a release that knows their kind: %s (%d)", kind, unknown[kind])
        self._warned |= unknown.keys()


def _close_unusable_connections() -> None:
    for connection in django.db.connections.all(initialized_only=True):
        # Whoever runs the worker inside a transaction (tests do) keeps it; Django would close that one too.
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _run(job: Job) -> str:
    """Run the handler, outside any transaction, and return the outcome in one word."""
    error = _error_of(job)
    # A connection that broke meanwhile would lose the news, and the job would be run again.
    _close_unusable_connections()
    if not (job.mark_failed(error) if error else job.mark_done()):
        return "lost"
    return "done" if job.done_at else "dead" if job.dead_at else "failed"


def _error_of(job: Job) -> str:
    try:
        with hold_lease(job):
            handler_of(job.kind)(job.payload)
    # Whatever a handler raises is about its job, not about the worker.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return describe_exception(error)
    return ""
