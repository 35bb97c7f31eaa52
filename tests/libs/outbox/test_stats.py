"""The status command, the metrics and the exit codes."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from prometheus_client import REGISTRY

from libs.outbox import metrics
from libs.outbox.models import Job
from libs.outbox.worker import Worker
from tests.libs.outbox.conftest import EnqueueJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def mixed_queue(enqueue_job: EnqueueJob) -> None:
    """Two due jobs, the older for a minute, one for later, one running, one that failed for good, and one done."""
    now = timezone.now()
    enqueue_job(after=timedelta(seconds=-60))
    enqueue_job()
    enqueue_job("test.nap", after=timedelta(hours=1))
    enqueue_job("test.nap").acquire_lease()
    Job.objects.create(kind="test.fail", payload={}, dead_at=now)
    Job.objects.create(kind="test.fail", payload={}, done_at=now)


@pytest.mark.usefixtures("mixed_queue")
def test_the_status_counts_jobs_by_kind_and_state(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("outbox", "status", "--json")
    status = json.loads(capsys.readouterr().out)
    assert [job["kind"] for job in status.pop("failed_jobs")] == ["test.fail"]
    assert 60 <= status.pop("oldest_seconds") < 90
    assert 60 <= status["lanes"]["default"].pop("oldest_seconds") < 90
    assert status.pop("lanes")["default"] == {"due": 2}
    assert status == {
        "depth": 4,
        "due": 2,
        "dead": 1,
        "unknown": {},
        "kinds": {
            "test.note": {"depth": 2, "due": 2, "dead": 0},
            "test.nap": {"depth": 2, "due": 0, "dead": 0},
            "test.fail": {"depth": 0, "due": 0, "dead": 1},
        },
    }


@pytest.mark.usefixtures("mixed_queue")
def test_the_status_for_people_has_a_line_for_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("outbox", "status")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["test.note", "2", "2", "0"] in lines
    assert ["all", "4", "2", "1"] in lines


@pytest.mark.usefixtures("mixed_queue")
def test_the_gauges_show_what_the_status_shows() -> None:
    metrics.measure_queue()
    gauges = {name: REGISTRY.get_sample_value(f"outbox_{name}") for name in ("depth", "due", "dead")}
    assert gauges == {"depth": 4, "due": 2, "dead": 1}
    for name, labels in (("outbox_oldest_seconds", {}), ("outbox_lane_oldest_seconds", {"lane": "default"})):
        assert 60 <= (REGISTRY.get_sample_value(name, labels) or 0) < 90
    assert REGISTRY.get_sample_value("outbox_lane_due", {"lane": "default"}) == 2
    assert REGISTRY.get_sample_value("outbox_measured_timestamp_seconds")


def test_each_attempt_is_counted_with_its_outcome(enqueue_job: EnqueueJob) -> None:
    def count(kind: str, outcome: str) -> float:
        return REGISTRY.get_sample_value("outbox_jobs_total", {"kind": kind, "outcome": outcome}) or 0

    before = count("test.note", "done"), count("test.fail", "failed")
    enqueue_job()
    enqueue_job("test.fail")
    Worker().drain()
    assert (count("test.note", "done"), count("test.fail", "failed")) == (before[0] + 1, before[1] + 1)
    assert REGISTRY.get_sample_value("outbox_job_seconds_count", {"kind": "test.note"})


def test_running_once_tells_by_its_exit_code_whether_jobs_ran(enqueue_job: EnqueueJob) -> None:
    enqueue_job()
    call_command("run_outbox", "--once")
    with pytest.raises(SystemExit) as ended:
        call_command("run_outbox", "--once")
    assert ended.value.code == 2
