"""A job is leased to one worker at a time, and for a limited time."""

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from libs.outbox.models import Job
from libs.outbox.worker import Worker
from tests.libs.outbox.conftest import EnqueueJob

pytestmark = pytest.mark.django_db
KINDS = ["test.note", "test.fail"]


def claim() -> Job:
    job = Job.objects.claim(KINDS)
    assert job
    return job


def test_a_leased_job_is_not_taken_by_another_worker(enqueue_job: EnqueueJob) -> None:
    enqueue_job()
    assert claim().state == "running"
    assert Job.objects.claim(KINDS) is None


def test_the_first_of_two_workers_that_see_a_job_gets_it(enqueue_job: EnqueueJob) -> None:
    first = enqueue_job()
    second = Job.objects.get()
    assert first.acquire_lease()
    assert not second.acquire_lease()


def test_an_expired_lease_is_taken_and_the_first_worker_cannot_finish(
    enqueue_job: EnqueueJob, settings: Settings
) -> None:
    enqueue_job()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        slow = claim()
        clock.shift(settings.OUTBOX_LEASE_SECONDS)
        quick = claim()
        assert quick.pk == slow.pk
        assert not slow.mark_done()
        assert not slow.mark_failed("too late")
        assert Job.objects.get().lease == quick.lease
        assert quick.mark_done()
        assert not slow.give_up("far too late")
    assert (Job.objects.get().state, Job.objects.get().last_error) == ("done", "")


def test_a_slow_worker_may_finish_a_job_that_nobody_took(enqueue_job: EnqueueJob, settings: Settings) -> None:
    enqueue_job()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        slow = claim()
        clock.shift(settings.OUTBOX_LEASE_SECONDS + 1)
        assert slow.mark_done()
    assert Job.objects.get().state == "done"


def test_a_job_that_kills_its_workers_fails_for_good(
    enqueue_job: EnqueueJob, settings: Settings, done: list[dict[str, int]]
) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 2
    enqueue_job()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            claim()
            clock.shift(settings.OUTBOX_LEASE_SECONDS)
        assert Worker().drain() == 1
    job = Job.objects.get()
    assert (job.state, done) == ("dead", [])
    assert job.last_error.startswith("Its worker died")


def test_a_worker_takes_only_the_chosen_kinds(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    enqueue_job("test.note", {"id": 1})
    enqueue_job("test.nap", {"id": 2})
    assert Worker(["test.nap"]).drain() == 1
    assert done == [{"id": 2}]
