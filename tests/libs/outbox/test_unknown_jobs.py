"""A job that waits for a handler which is gone is found at the start."""

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection

from libs.outbox.models import Job
from tests.libs.outbox.conftest import Owe


def found() -> list[str]:
    return [fault.msg for fault in run_checks(databases=["default"]) if fault.id == "outbox.E001"]


@pytest.mark.django_db
def test_the_check_names_each_kind_without_a_handler(owe: Owe) -> None:
    owe()
    assert found() == []
    Job.objects.create(kind="test.gone", payload={})
    Job.objects.create(kind="test.gone", payload={})
    assert found() == ["Jobs named 'test.gone' wait and have no handler."]


@pytest.mark.django_db(transaction=True)
def test_the_check_is_silent_before_the_first_migration() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_job RENAME TO outbox_job_away")
        try:
            assert found() == []
        finally:
            cursor.execute("ALTER TABLE outbox_job_away RENAME TO outbox_job")


@pytest.mark.django_db
def test_the_worker_refuses_to_start_and_says_what_helps(owe: Owe, done: list[dict[str, int]]) -> None:
    owe()
    Job.objects.create(kind="test.gone", payload={})
    with pytest.raises(CommandError, match=r"test\.gone\. Deploy code .* bury_jobs"):
        call_command("run_outbox", "--once")
    with pytest.raises(CommandError, match=r"'test\.gone'"):
        call_command("run_outbox", "--once", "--kinds", "test.note,test.gone")
    assert done == []


@pytest.mark.django_db
def test_what_has_a_handler_can_be_run_beside_an_unknown_job(owe: Owe, done: list[dict[str, int]]) -> None:
    owe()
    Job.objects.create(kind="test.gone", payload={})
    call_command("run_outbox", "--once", "--kinds", "test.note")
    assert done == [{}]


@pytest.mark.django_db
def test_buried_jobs_no_longer_stand_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    job = Job.objects.create(kind="test.gone", payload={})
    call_command("bury_jobs", "--kind", "test.gone")
    assert "1 waiting jobs would be made dead" in capsys.readouterr().out
    assert found()
    call_command("bury_jobs", "--kind", "test.gone", "--yes")
    assert found() == []
    job.refresh_from_db()
    assert job.state == "dead"
