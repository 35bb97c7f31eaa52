"""`manage.py outbox`, as an operator runs it."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from libs.commands import operators
from libs.commands.operators import OperatorAction
from libs.outbox.models import Job
from tests.libs.outbox.conftest import EnqueueJob

pytestmark = pytest.mark.django_db


def outbox(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Run the command; its exit code and its JSON."""
    code = 0
    try:
        call_command("outbox", *words, "--json")
    except SystemExit as end:
        code = int(end.code or 0)
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


@pytest.fixture
def failed_jobs(db: None) -> list[Job]:
    """Three jobs that failed for good."""
    fields: dict[str, Any] = {
        "kind": "test.note",
        "payload": {},
        "dead_at": timezone.now(),
        "last_error": "OSError: no",
    }
    return [Job.objects.create(**fields) for _ in range(3)]


def test_the_status_shows_why_a_job_failed_for_good(failed_jobs: list[Job], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("outbox", "status")
    assert f"Job {failed_jobs[0].pk} (test.note) failed for good on " in capsys.readouterr().out
    _, status = outbox(capsys, "status", "--batch", "1")
    assert [job["last_error"] for job in status["failed_jobs"]] == ["OSError: no"]


def test_a_batch_that_leaves_jobs_exits_with_three_until_all_are_done(
    failed_jobs: list[Job], capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [outbox(capsys, "retry", "--yes", "--batch", "2") for _ in range(3)]
    assert runs == [
        (3, {"jobs": 2, "done": True}),
        (0, {"jobs": 1, "done": True}),
        (2, {"jobs": 0, "done": True}),
    ]
    assert Job.objects.due().count() == 3


def test_one_failed_job_is_retried_by_its_id(failed_jobs: list[Job], capsys: pytest.CaptureFixture[str]) -> None:
    assert outbox(capsys, "retry", "--id", str(failed_jobs[1].pk), "--yes")[0] == 0
    assert list(Job.objects.due()) == [failed_jobs[1]]


def test_draining_runs_what_is_due_and_says_how_much(
    enqueue_job: EnqueueJob, done: list[dict[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        enqueue_job(payload={"id": number})
    assert outbox(capsys, "drain", "--batch", "2") == (3, {"ran": 2})
    assert outbox(capsys, "drain") == (0, {"ran": 1})
    assert outbox(capsys, "drain") == (2, {"ran": 0})
    assert len(done) == 3


@pytest.mark.usefixtures("failed_jobs")
def test_failed_jobs_are_deleted_only_after_yes(capsys: pytest.CaptureFixture[str]) -> None:
    assert outbox(capsys, "drop", "--kind", "test.note", "--failed") == (0, {"jobs": 3, "done": False})
    assert Job.objects.count() == 3
    assert outbox(capsys, "drop", "--kind", "test.note", "--failed", "--yes") == (0, {"jobs": 3, "done": True})
    assert not Job.objects.exists()


@pytest.mark.usefixtures("failed_jobs")
def test_a_change_is_recorded_with_the_name_of_its_operator(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    actions: list[OperatorAction] = []
    monkeypatch.setattr(operators, "_listeners", [actions.append])
    outbox(capsys, "retry", "--as", "sora")
    assert actions == []
    outbox(capsys, "retry", "--yes", "--as", "sora")
    assert actions == [OperatorAction("sora", "outbox retry", "outbox", {"jobs": 3, "verb": "retry"})]


def test_the_operator_is_the_user_of_the_system_behind_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("LOGNAME", "jun")
    assert operators.current_operator() == "jun"
    monkeypatch.setenv("SUDO_USER", "sora")
    assert operators.current_operator() == "sora"


@pytest.mark.parametrize("words", [(), ("burn",), ("drop",), ("retry", "--batch", "0"), ("drain", "--kind", "test.no")])
def test_a_misspelt_command_changes_nothing_and_says_why(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("outbox", *words)
