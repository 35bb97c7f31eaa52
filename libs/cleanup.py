"""Clean-up tasks: each deletes or corrects rows of one app, and `manage.py cleanup` runs them all.

Files, and the posts and other data of erased members, are deleted by jobs of the outbox (`jobs.py`), which tasks
enqueue. An app or a library registers its tasks in its `cleanup.py`, which `OperationsConfig.ready` imports.
"""

from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.db import models, router, transaction

# Rows deleted by one statement, so that no lock is held for long.
CHUNK = 1_000


class CleanupTask(Protocol):
    """Returns how many records it dealt with, or with `dry` how many it would, and changes nothing then."""

    def __call__(self, *, dry: bool = False) -> int: ...


_tasks: dict[str, CleanupTask] = {}


def add_cleanup_task(name: str, task: CleanupTask) -> None:
    """Have the clean-up run a task, which works in short transactions.

    Tasks do not depend on each other: one that fails, or runs twice at once, stops no other.
    Raises ImproperlyConfigured when the name is taken.
    """
    if name in _tasks:
        raise ImproperlyConfigured(f"Two clean-up tasks are named {name!r}.")
    _tasks[name] = task


def cleanup_tasks() -> dict[str, CleanupTask]:
    """All tasks by their names."""
    return dict(_tasks)


def delete_in_chunks(rows: models.QuerySet[Any], *, dry: bool = False) -> int:
    """Delete all rows of a queryset, CHUNK at a time, or with `dry` only count them; returns how many.

    Rows that are locked at the moment, as by another clean-up, are left alone: two that delete the same rows in
    different orders would wait for each other.
    """
    if dry:
        return rows.count()
    deleted, using = 0, router.db_for_write(rows.model)
    while True:
        with transaction.atomic(using=using):
            number = delete_chunk(rows.using(using).select_for_update(skip_locked=True), CHUNK)
        if not number:
            return deleted
        deleted += number


def delete_chunk(rows: models.QuerySet[Any], limit: int) -> int:
    """Delete at most `limit` rows of a queryset; returns how many."""
    ids = chunk_ids(rows, limit)
    if ids:
        rows.model._base_manager.filter(pk__in=ids).delete()
    return len(ids)


def chunk_ids(rows: models.QuerySet[Any], limit: int) -> list[Any]:
    """The primary keys of at most `limit` rows of a queryset, in no particular order."""
    return list(rows.order_by().values_list("pk", flat=True)[:limit])
