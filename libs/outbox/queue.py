"""The way into the outbox: a job is written with the effect it follows, or not at all."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import router, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from structlog.contextvars import get_contextvars

from libs.outbox.models import Job
from libs.outbox.registry import handler_of
from libs.outbox.wakeup import notify


def enqueue(kind: str, payload: dict[str, Any], *, after: timedelta | None = None) -> Job:
    """Owe one job, to be run after the commit of this transaction and not before `after` has passed.

    The payload carries ids only: never codes, tokens or addresses. Raises TransactionManagementError outside of
    `transaction.atomic()`, where the job could not share the fate of what it follows, and UnknownJobKind for a kind
    that no handler does.
    """
    return enqueue_many(kind, [payload], after=after)[0]


def enqueue_many(kind: str, payloads: Iterable[dict[str, Any]], *, after: timedelta | None = None) -> list[Job]:
    """Owe one job for each payload, in one statement; otherwise as `enqueue`."""
    using = router.db_for_write(Job)
    if not transaction.get_connection(using).in_atomic_block:
        raise TransactionManagementError(f"Job {kind!r} belongs into the transaction.atomic() of what it follows.")
    handler_of(kind)
    now = timezone.now()
    due = {"created_at": now, "run_at": now + (after or timedelta()), "request_id": get_contextvars().get("request_id")}
    jobs = Job.objects.using(using).bulk_create([Job(kind=kind, payload=payload, **due) for payload in payloads])
    transaction.on_commit(notify, using=using)
    return jobs
