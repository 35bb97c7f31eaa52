"""More time for a handler that has much to do: the lease of the job in hand, renewed while the work goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from libs.outbox.errors import LeaseLost
from libs.outbox.models import Job

_held: ContextVar[Job | None] = ContextVar("job in hand", default=None)


@contextmanager
def hold_lease(job: Job) -> Iterator[None]:
    """For the worker: within, this is the job that `renew_lease` is about."""
    token = _held.set(job)
    try:
        yield
    finally:
        _held.reset(token)


def renew_lease() -> None:
    """For a handler, in its own thread: count OUTBOX_LEASE_SECONDS from now again; one statement.

    Nothing happens outside of a worker. Raises LeaseLost when the lease ran out and another worker has the job, or
    has done it: the handler leaves the rest to that one.
    """
    job = _held.get()
    if job is not None and not job.extend_lease():
        raise LeaseLost(f"{job} was taken by another worker.")
