"""A step of a job that must not be done twice is not, whenever its worker dies."""

import pytest
from django.utils import timezone

from libs.outbox.errors import LeaseLost
from libs.outbox.lease import begin_irreversible_step, hold_lease
from libs.outbox.models import Job
from libs.outbox.registry import known_kinds
from libs.outbox.worker import Worker
from tests.libs.outbox.conftest import EnqueueJob

pytestmark = pytest.mark.django_db
KIND = "test.irreversible"


def claim() -> Job:
    job = Job.objects.claim(known_kinds())
    assert job
    return job


@pytest.fixture
def interrupted(enqueue_job: EnqueueJob) -> Job:
    """A job whose worker died during the step; its lease has ended."""
    enqueue_job(KIND)
    job = claim()
    with hold_lease(job):
        begin_irreversible_step()
    Job.objects.update(leased_until=timezone.now())
    return job


def test_a_job_whose_worker_died_in_the_step_does_not_run_again(interrupted: Job, done: list[object]) -> None:
    assert Worker().drain() == 1
    interrupted.refresh_from_db()
    assert (interrupted.state, done) == ("abandoned", [])
    assert "may have done it" in interrupted.last_error


def test_a_job_whose_step_failed_is_tried_again(enqueue_job: EnqueueJob, done: list[object]) -> None:
    job = enqueue_job(KIND, {"fail": True})
    Worker().step()
    job.refresh_from_db()
    assert (job.state, job.irreversible_at) == ("waiting", None)
    Job.objects.update(payload={}, run_at=timezone.now())
    Worker().step()
    assert (Job.objects.get().state, done) == ("done", [{}])


def test_an_operator_can_have_the_step_done_again(interrupted: Job, done: list[object]) -> None:
    Job.objects.all().give_up("By hand.")
    assert Job.objects.all().retry() == 1
    Worker().step()
    assert (Job.objects.get().state, done) == ("done", [{}])


def test_a_step_is_not_begun_when_another_worker_has_the_job(enqueue_job: EnqueueJob) -> None:
    enqueue_job(KIND)
    slow = claim()
    Job.objects.update(leased_until=timezone.now())
    claim()
    with hold_lease(slow), pytest.raises(LeaseLost):
        begin_irreversible_step()
    assert Job.objects.get().irreversible_at is None


def test_beginning_a_step_outside_a_worker_does_nothing(enqueue_job: EnqueueJob) -> None:
    enqueue_job(KIND)
    begin_irreversible_step()
    assert Job.objects.get().irreversible_at is None
