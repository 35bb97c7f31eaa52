"""The id of the request that enqueued a job is known while the job runs, and in its log line."""

import logging

import pytest
from structlog.contextvars import bound_contextvars, get_contextvars

from libs.outbox.models import Job
from libs.outbox.worker import Worker
from tests.libs.outbox import handlers
from tests.libs.outbox.conftest import EnqueueJob

pytestmark = pytest.mark.django_db


def test_a_job_carries_the_id_of_its_request(enqueue_job: EnqueueJob) -> None:
    with bound_contextvars(request_id="req-12345678"):
        enqueue_job()
    enqueue_job()
    assert list(Job.objects.order_by("id").values_list("request_id", flat=True)) == ["req-12345678", None]
    Worker().drain()
    assert handlers.request_ids == ["req-12345678", None]
    assert "request_id" not in get_contextvars()


def test_each_job_leaves_one_line_in_the_log(enqueue_job: EnqueueJob, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "outbox")
    good, bad = enqueue_job(), enqueue_job("test.fail")
    Worker().drain()
    lines = [record.__dict__ for record in caplog.records if record.name == "outbox"]
    fields = [tuple(line[name] for name in ("kind", "job", "attempts", "outcome", "levelname")) for line in lines]
    assert fields == [("test.note", good.pk, 1, "done", "INFO"), ("test.fail", bad.pk, 1, "failed", "WARNING")]
    assert all(line["ms"] >= 0 for line in lines)
