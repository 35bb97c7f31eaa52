"""Enqueueing: a job is written in the transaction of what it follows, or not at all."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import router, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from structlog.contextvars import get_contextvars

from libs.outbox.models import Job
from libs.outbox.registry import handler_of
from libs.outbox.wakeup import notify


def enqueue(kind: str, payload: dict[str, Any], *, after: timedelta | None = None) -> Job:
    """Write a job that runs after the commit of the present transaction, and not before `after` has passed.

    The payload holds ids only: no codes, tokens or addresses. Raises TransactionManagementError outside
    `transaction.atomic()`, where the job could be kept although what it follows is not, and UnknownJobKind for a kind
    without a handler.
    """
    return enqueue_many(kind, [payload], after=after)[0]


def enqueue_many(kind: str, payloads: Iterable[dict[str, Any]], *, after: timedelta | None = None) -> list[Job]:
    """Write one job for each payload, by one statement; otherwise like `enqueue`."""
    using = router.db_for_write(Job)
    if not transaction.get_connection(using).in_atomic_block:
        raise TransactionManagementError(f"Enqueue job {kind!r} inside the transaction.atomic() of what it follows.")
    handler_of(kind)
    now = timezone.now()
    fields = {
        "kind": kind,
        "created_at": now,
        "run_at": now + (after or timedelta()),
        "request_id": get_contextvars().get("request_id"),
    }
    jobs = Job.objects.using(using).bulk_create([Job(payload=payload, **fields) for payload in payloads])
    transaction.on_commit(partial(notify, kind), using=using)
    return jobs
