"""A failed job is tried again with growing delays, and in the end fails for good."""

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from libs.outbox.backoff import backoff
from libs.outbox.cleanup import clean_up_jobs
from libs.outbox.models import Job
from libs.outbox.worker import Worker
from tests.libs.outbox.conftest import EnqueueJob

pytestmark = pytest.mark.django_db


def test_each_delay_is_at_least_as_long_as_the_one_before(enqueue_job: EnqueueJob) -> None:
    job = enqueue_job("test.fail")
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(8):
            assert Worker().drain() == 1
            job.refresh_from_db()
            waits.append(job.run_at - timezone.now())
            clock.shift(waits[-1])
    assert timedelta(seconds=2.5) <= waits[0] <= timedelta(seconds=5)
    assert all(later >= earlier for earlier, later in pairwise(waits))


def test_delays_are_partly_random_and_at_most_an_hour() -> None:
    assert len({backoff(3) for _ in range(20)}) > 10
    assert all(timedelta(minutes=30) <= backoff(attempts) <= timedelta(hours=1) for attempts in (11, 500))


def test_a_handler_may_ask_for_a_longer_wait_but_not_for_a_shorter_one(enqueue_job: EnqueueJob) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        long, short = (enqueue_job("test.later", {"seconds": seconds}) for seconds in (60, 0.1))
        assert Worker().drain() == 2
        for job in (long, short):
            job.refresh_from_db()
        assert long.run_at - timezone.now() == timedelta(seconds=60)
        assert short.run_at - timezone.now() >= timedelta(seconds=2.5)
        clock.shift(61)
        assert Worker().drain() == 2
        long.refresh_from_db()
    assert (long.state, long.attempts) == ("waiting", 2)


def test_a_job_that_failed_once_may_still_succeed(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    job = enqueue_job("test.fail")
    Worker().step()
    Job.objects.update(kind="test.note", run_at=timezone.now())
    Worker().step()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error, len(done)) == ("done", 2, "", 1)


def test_a_job_fails_for_good_after_the_last_attempt(enqueue_job: EnqueueJob, settings: Settings) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 3
    job = enqueue_job("test.fail")
    for _ in range(5):
        Job.objects.update(run_at=timezone.now())
        Worker().drain()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("dead", 3)
    assert job.last_error.startswith("ConnectionError: mail.example refused")


def test_a_job_that_failed_for_good_gets_all_its_attempts_again(
    enqueue_job: EnqueueJob, settings: Settings, done: list[dict[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 1
    job = enqueue_job("test.fail", {"id": 7})
    Worker().drain()
    Job.objects.update(kind="test.note")
    call_command("outbox", "retry")
    assert "Would retry 1 jobs." in capsys.readouterr().out
    assert Worker().drain() == 0
    with pytest.raises(SystemExit) as nothing:
        call_command("outbox", "retry", "--kind", "test.other", "--yes")
    assert (nothing.value.code, Worker().drain()) == (2, 0)
    call_command("outbox", "retry", "--kind", "test.note", "--yes")
    assert Worker().drain() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, done) == ("done", 1, [{"id": 7}])


def test_a_handler_that_exits_does_not_stop_the_worker(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    enqueue_job("test.exit")
    enqueue_job("test.note")
    assert Worker().drain() == 2
    assert len(done) == 1
    assert Job.objects.get(kind="test.exit").last_error.startswith("SystemExit: 1")


def test_a_job_that_cannot_succeed_is_tried_once_and_deleted_like_done_ones(enqueue_job: EnqueueJob) -> None:
    job = enqueue_job("test.impossible")
    assert Worker().drain() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, list(Job.objects.abandoned())) == ("abandoned", 1, [job])
    assert "PermanentFailure: no such mailbox" in job.last_error
    assert (Worker().drain(), Job.objects.retry()) == (0, 0)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert clean_up_jobs() == 1


def test_a_postponed_job_loses_no_attempt_however_often(enqueue_job: EnqueueJob, settings: Settings) -> None:
    job = enqueue_job("test.postpone")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(settings.OUTBOX_MAX_ATTEMPTS + 1):
            assert Worker().drain() == 1
            clock.shift(timedelta(hours=1))
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)
