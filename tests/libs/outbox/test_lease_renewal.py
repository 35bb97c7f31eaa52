"""A long handler renews its lease, and stops when it has lost it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from libs.outbox.errors import LeaseLost
from libs.outbox.lease import hold_lease, renew_lease
from libs.outbox.models import Job
from libs.outbox.registry import known_kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(enqueue_job: Any) -> Job:
    """A job that a worker has claimed."""
    enqueue_job()
    job = Job.objects.claim(known_kinds())
    assert job is not None
    return job


def test_a_renewed_lease_counts_from_now(held: Job) -> None:
    soon = timezone.now() + timedelta(seconds=1)
    Job.objects.update(leased_until=soon)
    with hold_lease(held):
        renew_lease()
    assert Job.objects.filter(leased_until__gt=soon).exists()
    assert held.mark_done()


def test_a_lease_that_another_worker_has_cannot_be_renewed(held: Job) -> None:
    Job.objects.update(leased_until=timezone.now())
    assert Job.objects.claim(known_kinds()) is not None
    with hold_lease(held), pytest.raises(LeaseLost):
        renew_lease()
    assert not held.mark_done()


def test_the_lease_of_a_job_that_was_done_meanwhile_cannot_be_renewed(held: Job) -> None:
    other = Job.objects.get()
    assert other.mark_done()
    with hold_lease(held), pytest.raises(LeaseLost):
        renew_lease()


def test_renewing_outside_a_worker_does_nothing(held: Job) -> None:
    renew_lease()
    assert Job.objects.get().leased_until == held.leased_until
