"""A handler that has much to do keeps its lease, and stops when it lost it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from libs.outbox.errors import LeaseLost
from libs.outbox.lease import holding, renew
from libs.outbox.models import Job
from libs.outbox.registry import kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(owe: Any) -> Job:
    """A job in the hands of a worker."""
    owe()
    job = Job.objects.claim(kinds())
    assert job is not None
    return job


def test_a_renewed_lease_counts_from_now_on(held: Job) -> None:
    soon = timezone.now() + timedelta(seconds=1)
    Job.objects.update(leased_until=soon)
    with holding(held):
        renew()
    assert Job.objects.filter(leased_until__gt=soon).exists()
    assert held.finish()


def test_a_lease_that_another_worker_has_cannot_be_renewed(held: Job) -> None:
    Job.objects.update(leased_until=timezone.now())
    assert Job.objects.claim(kinds()) is not None
    with holding(held), pytest.raises(LeaseLost):
        renew()
    assert not held.finish()


def test_a_lease_of_a_job_that_was_done_meanwhile_cannot_be_renewed(held: Job) -> None:
    other = Job.objects.get()
    assert other.finish()
    with holding(held), pytest.raises(LeaseLost):
        renew()


def test_outside_of_a_worker_there_is_nothing_to_renew(held: Job) -> None:
    renew()
    assert Job.objects.get().leased_until == held.leased_until
