"""A job of a kind that this release does not know waits, is counted and warned about, and stops nothing else."""

import json
import logging

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY

from accounts.models import Member
from libs.outbox import metrics, registry
from libs.outbox.models import Job
from libs.outbox.worker import Worker
from tests.factories import MemberFactory
from tests.libs.outbox.conftest import EnqueueJob


@pytest.fixture
def unknown(db: None) -> Job:
    """The older of two jobs that a newer release has left."""
    jobs = [Job.objects.create(kind="test.gone", payload={}) for _ in range(2)]
    return jobs[0]


def warnings() -> list[str]:
    return [fault.msg for fault in run_checks(databases=["default"]) if fault.id == "outbox.W001"]


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line.message for line in caplog.records if line.levelno == logging.WARNING and "test.gone" in line.message]


def test_the_worker_runs_all_other_jobs_and_leaves_the_unknown_ones(
    unknown: Job, enqueue_job: EnqueueJob, done: list[dict[str, int]]
) -> None:
    enqueue_job(payload={"id": 1})
    enqueue_job(payload={"id": 2})
    call_command("run_outbox", "--once")
    unknown.refresh_from_db()
    assert done == [{"id": 1}, {"id": 2}]
    assert (unknown.state, unknown.attempts, unknown.last_error) == ("waiting", 0, "")


@pytest.mark.usefixtures("unknown")
def test_the_worker_finds_nothing_to_do_when_only_unknown_jobs_wait() -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("run_outbox", "--once")
    assert ended.value.code == 2


def test_an_unknown_job_runs_once_a_release_knows_its_kind(
    unknown: Job, done: list[dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    Worker().drain()
    monkeypatch.setitem(registry._handlers, "test.gone", done.append)
    assert Worker().drain() == 2
    unknown.refresh_from_db()
    assert unknown.state == "done"


@pytest.mark.usefixtures("unknown")
def test_each_worker_warns_once_of_each_unknown_kind(enqueue_job: EnqueueJob, caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker()
    worker.monitor.seconds = 0
    for _ in range(3):
        enqueue_job()
        worker.drain()
    assert warned(caplog) == ["outbox jobs wait for a release that knows their kind: test.gone (2)"]
    Worker().drain()
    assert len(warned(caplog)) == 2


@pytest.mark.usefixtures("unknown")
def test_the_system_check_warns_of_each_unknown_kind_and_fails_nothing(enqueue_job: EnqueueJob) -> None:
    enqueue_job()
    Job.objects.create(kind="test.lost", payload={})
    assert warnings() == [f"Jobs named '{kind}' wait and have no handler." for kind in ("test.gone", "test.lost")]
    call_command("check", databases=["default"])
    call_command("migrate", "outbox", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_system_check_is_silent_before_the_first_migration() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_job RENAME TO outbox_job_away")
        try:
            assert warnings() == []
        finally:
            cursor.execute("ALTER TABLE outbox_job_away RENAME TO outbox_job")


@pytest.mark.usefixtures("unknown")
def test_the_status_counts_unknown_jobs_as_waiting_but_not_as_due(
    enqueue_job: EnqueueJob, capsys: pytest.CaptureFixture[str]
) -> None:
    enqueue_job()
    call_command("outbox", "status", "--json")
    status = json.loads(capsys.readouterr().out)
    assert (status["depth"], status["due"], status["unknown"]) == (3, 1, {"test.gone": 2})
    assert status["kinds"]["test.gone"] == {"depth": 2, "due": 0, "dead": 0}
    call_command("outbox", "status")
    assert "test.gone: 2 jobs wait for a release with a handler." in capsys.readouterr().out


@pytest.mark.usefixtures("unknown")
def test_the_gauges_count_unknown_jobs_as_waiting_but_not_as_late() -> None:
    metrics.measure_queue()
    names = ("depth", "due", "unknown", "oldest_seconds")
    assert [REGISTRY.get_sample_value(f"outbox_{name}") for name in names] == [2, 0, 2, 0]


@pytest.mark.usefixtures("unknown")
def test_the_admin_warns_of_unknown_kinds_and_lists_their_jobs(
    client: Client, sora: Member, enqueue_job: EnqueueJob
) -> None:
    enqueue_job()
    client.force_login(sora)
    answer = client.get(reverse("admin:outbox_job_changelist"), {"state": "unknown"})
    assert "This release has no handler for waiting jobs of these kinds: test.gone." in answer.content.decode()
    assert [job.kind for job in answer.context["cl"].result_list] == ["test.gone"] * 2


@pytest.mark.usefixtures("unknown")
def test_who_may_not_see_jobs_is_not_told_of_unknown_kinds(client: Client) -> None:
    client.force_login(MemberFactory.create(is_staff=True))
    assert client.get(reverse("admin:outbox_job_changelist")).status_code == 403
    assert "test.gone" not in client.get("/admin/", follow=True).content.decode()


@pytest.mark.django_db
def test_a_chosen_kind_without_a_handler_is_an_error(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    enqueue_job()
    with pytest.raises(CommandError, match=r"'test\.gnoe'"):
        call_command("run_outbox", "--once", "--kinds", "test.note,test.gnoe")
    assert done == []


@pytest.mark.usefixtures("unknown")
def test_chosen_kinds_run_beside_unknown_jobs(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    enqueue_job()
    call_command("run_outbox", "--once", "--kinds", "test.note")
    assert done == [{}]


def test_unknown_jobs_that_an_operator_gives_up_are_warned_about_no_more(
    unknown: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("outbox", "drop", "--kind", "test.gone")
    assert "Would give up 2 jobs." in capsys.readouterr().out
    assert warnings()
    call_command("outbox", "drop", "--kind", "test.gone", "--yes")
    assert warnings() == []
    unknown.refresh_from_db()
    assert unknown.state == "dead"
