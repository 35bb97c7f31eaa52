"""Several workers on one queue, as threads with connections of their own."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connections, transaction

from libs.outbox.models import Job
from libs.outbox.queue import enqueue_many
from libs.outbox.worker import Worker

pytestmark = pytest.mark.usefixtures("shared_queue")
JOBS = 60


def test_two_workers_never_run_one_job_twice(done: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        enqueue_many("test.nap", ({"id": number} for number in range(JOBS)))
    start, shares = threading.Barrier(3), []

    def work() -> None:
        try:
            start.wait(60)
            shares.append(Worker(["test.nap"]).drain())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(payload["id"] for payload in done) == Counter(range(JOBS))
    assert sum(shares) == JOBS
    assert set(Job.objects.values_list("attempts", "last_error", "dead_at")) == {(1, "", None)}
    assert not Job.objects.waiting().exists()
