"""Old jobs are deleted once they are done; those that wait or failed for good stay."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from libs.cleanup import CHUNK
from libs.outbox.cleanup import clean_up_jobs
from libs.outbox.models import Job

pytestmark = pytest.mark.django_db


def test_only_jobs_done_long_ago_are_deleted(settings: Settings) -> None:
    settings.OUTBOX_RETENTION_HOURS = 72
    long_ago, lately = (timezone.now() - timedelta(hours=hours) for hours in (73, 71))
    for ends in ({"done_at": long_ago}, {"done_at": lately}, {"dead_at": long_ago}, {}):
        Job.objects.create(kind="test.note", payload={}, created_at=long_ago, **ends)
    assert clean_up_jobs() == 1
    assert Job.objects.count() == 3
    assert clean_up_jobs() == 0


def test_many_old_jobs_are_deleted_in_chunks(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    old = timezone.now() - timedelta(days=30)
    Job.objects.bulk_create(Job(kind="test.note", payload={}, done_at=old) for _ in range(2 * CHUNK + 1))
    # Three chunks of one look and one delete, and the look that finds nothing; each of the four in a transaction, which
    # is a savepoint and its release here.
    with django_assert_num_queries(7 + 4 * 2):
        assert clean_up_jobs() == 2 * CHUNK + 1
