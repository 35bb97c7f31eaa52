"""A job that is postponed lets all of its kind wait, in their order."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from libs.outbox.models import Job
from libs.outbox.queue import enqueue_many
from libs.outbox.worker import Worker
from libs.outbox.worker_pool import WorkerPool
from tests.libs.outbox import handlers
from tests.libs.outbox.conftest import EnqueueJob
from tests.polling import wait_until


@pytest.mark.django_db
def test_jobs_of_a_postponed_kind_are_not_taken_until_the_delay_ends(
    enqueue_job: EnqueueJob, done: list[dict[str, Any]]
) -> None:
    worker = Worker()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(5):
            enqueue_job("test.postpone", {"id": number})
        enqueue_job("test.note")
        assert (worker.drain(), worker.drain()) == (2, 0)
        assert (len(done), handlers.postponed) == (1, [{"id": 0}])
        clock.shift(timedelta(hours=1))
        assert (worker.drain(), handlers.postponed) == (1, [{"id": 0}] * 2)


@pytest.mark.django_db
def test_postponed_jobs_go_before_those_that_came_later(enqueue_job: EnqueueJob, done: list[dict[str, Any]]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(3):
            enqueue_job("test.postpone", {"id": number})
        Worker().drain()
        clock.shift(timedelta(minutes=59))
        enqueue_job("test.postpone", {"id": 3})
        clock.shift(timedelta(minutes=2))
        Job.objects.update(kind="test.note")
        Worker().drain()
    assert done == [{"id": number} for number in range(4)]


def test_the_workers_of_a_process_share_their_pauses(
    shared_queue: None, enqueue_job: EnqueueJob, done: list[dict[str, Any]], settings: Settings
) -> None:
    settings.OUTBOX_WORKERS = {"default": 3}
    with transaction.atomic():
        enqueue_many("test.postpone", ({"id": number} for number in range(40)))
    pool = WorkerPool(["test.postpone", "test.note"])
    pool.start()
    assert wait_until(lambda: handlers.postponed)
    for number in range(20):
        enqueue_job("test.note", {"id": number})
    assert wait_until(lambda: len(done) == 20)
    pool.stop()
    pool.join(60)
    assert len(handlers.postponed) <= 3
