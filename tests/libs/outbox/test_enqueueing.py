"""Jobs are written in a transaction and run after it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from libs.outbox.errors import UnknownJobKind
from libs.outbox.models import Job
from libs.outbox.queue import enqueue, enqueue_many
from libs.outbox.registry import handles
from libs.outbox.wakeup import Wakeup
from libs.outbox.worker import Worker
from tests.libs.outbox.conftest import EnqueueJob
from tests.libs.outbox.handlers import note


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError, match=r"test\.note"):
        enqueue("test.note", {})
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_rolls_back_leaves_no_job() -> None:
    with transaction.atomic():
        enqueue("test.note", {"id": 1})
        transaction.set_rollback(True)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_workers_of_its_kind_are_notified_by_the_commit_only() -> None:
    notes, naps = Wakeup("test.note".__eq__), Wakeup("test.nap".__eq__)
    with transaction.atomic():
        enqueue("test.note", {})
        assert not notes.wait(0)
    assert notes.wait(0)
    assert not naps.wait(0)


@pytest.mark.django_db
def test_a_kind_without_a_handler_cannot_be_enqueued() -> None:
    with pytest.raises(UnknownJobKind, match=r"'test\.nobody'.*test\.note"):
        enqueue("test.nobody", {})


def test_a_second_handler_for_a_kind_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="two handlers"):
        handles("test.note")(note)


@pytest.mark.django_db
def test_jobs_run_in_the_order_they_became_due(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    enqueue_job(payload={"id": 2}, after=timedelta(seconds=-1))
    enqueue_job(payload={"id": 3})
    enqueue_job(payload={"id": 1}, after=timedelta(seconds=-2))
    assert Worker().drain() == 3
    assert [payload["id"] for payload in done] == [1, 2, 3]


@pytest.mark.django_db
def test_a_job_for_later_waits_until_then(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    with time_machine.travel("2026-11-24 12:00Z", tick=False) as clock:
        enqueue_job(after=timedelta(minutes=5))
        clock.shift(299)
        assert not Worker().step()
        clock.shift(1)
        assert Worker().step()
    assert done == [{}]


@pytest.mark.django_db
def test_many_jobs_are_enqueued_by_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        jobs = enqueue_many("test.note", ({"id": number} for number in range(50)))
    assert [job.payload["id"] for job in jobs] == list(range(50))
    assert all(job.pk for job in jobs)
    assert enqueue_many("test.note", []) == []
