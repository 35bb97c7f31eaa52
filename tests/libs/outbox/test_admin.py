"""Operators can only read jobs in the admin, and retry those that failed for good."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from libs.admin import BoundedPaginator
from libs.outbox.models import Job
from tests.libs.outbox.conftest import EnqueueJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, sora: Member) -> Client:
    """Sora's browser, logged in to the admin."""
    client.force_login(sora)
    return client


def test_an_operator_sees_jobs_with_state_and_last_error(browser: Client, enqueue_job: EnqueueJob) -> None:
    job = enqueue_job()
    Job.objects.create(kind="test.fail", payload={}, dead_at=job.run_at, last_error="OSError: no route")
    every = browser.get(reverse("admin:outbox_job_changelist")).content.decode()
    assert all(text in every for text in ("test.note", "waiting", "OSError: no route"))
    dead = browser.get(reverse("admin:outbox_job_changelist"), {"state": "dead"}).context["cl"].result_list
    assert [each.kind for each in dead] == ["test.fail"]
    kind = browser.get(reverse("admin:outbox_job_changelist"), {"kind": "test.note"}).context["cl"].result_list
    assert list(kind) == [job]


def test_nobody_adds_changes_or_deletes_a_job_by_hand(browser: Client, enqueue_job: EnqueueJob) -> None:
    job = enqueue_job()
    assert browser.get(reverse("admin:outbox_job_add")).status_code == 403
    assert browser.get(reverse("admin:outbox_job_change", args=[job.pk])).status_code == 200
    assert browser.post(reverse("admin:outbox_job_change", args=[job.pk]), {"kind": "test.nap"}).status_code == 403
    assert browser.post(reverse("admin:outbox_job_delete", args=[job.pk]), {"post": "yes"}).status_code == 403
    job.refresh_from_db()
    assert job.kind == "test.note"


def test_the_action_retries_only_jobs_that_failed_for_good(browser: Client, enqueue_job: EnqueueJob) -> None:
    waiting = enqueue_job()
    dead = Job.objects.create(kind="test.fail", payload={}, dead_at=waiting.run_at, attempts=12)
    chosen = {"action": "retry_failed_jobs", "_selected_action": [waiting.pk, dead.pk]}
    answer = browser.post(reverse("admin:outbox_job_changelist"), chosen, follow=True)
    assert "1 job will be tried again." in answer.content.decode()
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)


def test_the_list_counts_only_so_many_jobs(enqueue_job: EnqueueJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedPaginator, "max_count", 3)
    for _ in range(5):
        enqueue_job()
    assert BoundedPaginator(Job.objects.order_by("-id"), 2).count == 3
