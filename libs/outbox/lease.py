"""What a handler tells about the running job: that it takes longer, or that it must not run again."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from libs.outbox.errors import LeaseLost
from libs.outbox.models import Job

_running_job: ContextVar[Job | None] = ContextVar("running_job", default=None)


@contextmanager
def hold_lease(job: Job) -> Iterator[None]:
    """Make this the running job of the functions below. For the worker."""
    token = _running_job.set(job)
    try:
        yield
    finally:
        _running_job.reset(token)


def renew_lease() -> None:
    """Extend the lease of the running job to OUTBOX_LEASE_SECONDS from now, by one statement.

    For a handler, in its own thread. Does nothing outside a worker. Raises LeaseLost when the lease has expired and
    another worker has taken or finished the job; the handler then stops and leaves the rest to that worker.
    """
    job = _running_job.get()
    if job is not None and not job.extend_lease():
        raise LeaseLost(f"{job} was taken by another worker.")


def begin_irreversible_step() -> None:
    """Record that the running job must not run again should its worker die from now on, by one statement.

    For a handler, in its own thread, right before a step that would do harm if it were done twice. A job whose worker
    then dies is abandoned, since nobody knows whether the step was done. When the handler raises, the step was not
    done, and the job is tried again as usual. Does nothing outside a worker. Raises LeaseLost like `renew_lease`.
    """
    job = _running_job.get()
    if job is not None and not job.begin_irreversible_step():
        raise LeaseLost(f"{job} was taken by another worker.")
