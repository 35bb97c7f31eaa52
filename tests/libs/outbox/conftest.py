"""A queue to enqueue to, and one that several threads and processes share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from libs.outbox.models import Job
from libs.outbox.queue import enqueue
from tests.libs.outbox import handlers

EnqueueJob = Callable[..., Job]


@pytest.fixture(autouse=True)
def done() -> list[dict[str, Any]]:
    """The payloads that the test handlers were given in this test."""
    handlers.done.clear()
    handlers.postponed.clear()
    handlers.request_ids.clear()
    handlers.hold.clear()
    return handlers.done


@pytest.fixture
def enqueue_job() -> EnqueueJob:
    """Enqueues a job in a transaction of its own."""

    def enqueue_one(kind: str = "test.note", payload: dict[str, Any] | None = None, **options: Any) -> Job:
        with transaction.atomic():
            return enqueue(kind, payload or {}, **options)

    return enqueue_one


@pytest.fixture
def shared_queue(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A queue that other connections see: on SQLite a file, because tests run in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    memory = connections["default"]
    config = memory.settings_dict
    name, config["NAME"] = config["NAME"], str(tmp_path / "queue.sqlite3")
    del connections["default"]
    call_command("migrate", "outbox", verbosity=0)
    yield
    connections["default"].close()
    connections["default"] = memory
    config["NAME"] = name
