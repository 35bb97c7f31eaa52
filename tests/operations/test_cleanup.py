"""One command runs the clean-up of every app."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client import REGISTRY

from accounts.models import LoginSession, Member, VerificationCode
from libs import cleanup
from libs.outbox.models import Job
from libs.outbox.queue_monitor import QueueMonitor
from media.models import Image
from operations.models import CleanupRun
from posts.models import PostCounts
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db


def _cleanup(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = 0
    try:
        call_command("cleanup", *arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, capsys.readouterr().out


def test_cleanup_with_nothing_to_delete_exits_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    code, output = _cleanup(capsys, "--json")
    assert code == 0
    of_libraries, of_media, of_moderation = (
        ["jobs", "responses"],
        ["images"],
        ["reports", "withheld_avatars", "banned_addresses"],
    )
    of_accounts = ["members", "sessions", "codes", "events", "guesses", "exports", "admin_sessions"]
    tasks = [*of_libraries, *of_media, *of_accounts, "counts", *of_moderation, "notifications"]
    assert json.loads(output) == dict.fromkeys(tasks, 0)


def test_cleanup_prints_how_much_each_step_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    Job.objects.create(kind="test.old", payload={}, done_at=timezone.now().replace(year=2020))
    code, output = _cleanup(capsys)
    assert code == 0
    assert ["jobs", "1"] in [line.split() for line in output.splitlines()]


def test_a_failing_cleanup_step_is_reported_and_the_others_still_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cleanup._tasks, "codes", _fail)
    Job.objects.create(kind="test.old", payload={}, done_at=timezone.now().replace(year=2020))
    code, output = _cleanup(capsys, "--json")
    assert code == 1
    assert json.loads(output)["codes"] is None
    assert json.loads(output)["jobs"] == 1


def test_one_task_runs_alone_and_an_unknown_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Job.objects.create(kind="test.old", payload={}, done_at=timezone.now().replace(year=2020))
    assert _cleanup(capsys, "--task", "jobs", "--task", "codes", "--json") == (0, '{"jobs": 1, "codes": 0}\n')
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("cleanup", "--task", "jops")


def test_a_dry_run_counts_what_each_task_would_delete_and_deletes_nothing(
    capsys: pytest.CaptureFixture[str], mina: Member
) -> None:
    old = timezone.now().replace(year=2020)
    Job.objects.create(kind="test.old", payload={}, done_at=old)
    VerificationCode.objects.create(email="new@example.com", purpose="sign_up", requested_at=old)
    # One session is over for each of three reasons.
    LoginSession.objects.create(member=mina, expires_at=old, idle_at=old, ended_at=old)
    code, dry_run = _cleanup(capsys, "--dry-run", "--json")
    assert (code, CleanupRun.objects.exists()) == (0, False)
    _, run = _cleanup(capsys, "--json")
    assert json.loads(dry_run) == json.loads(run)
    assert {"jobs": 1, "codes": 1, "sessions": 1}.items() <= json.loads(run).items()
    assert "Nothing was changed." in _cleanup(capsys, "--dry-run", "--task", "jobs")[1]


def test_a_dry_run_of_all_tasks_only_reads(capsys: pytest.CaptureFixture[str], mina: Member) -> None:
    Member.objects.filter(pk=mina.pk).update(withdrawn_at=timezone.now().replace(year=2020))
    PostCounts.objects.create(post=PostFactory.create(author=mina), hearts=7)
    Image.objects.create(width=1, height=1, bytes=5, created_at=timezone.now().replace(year=2020))
    with CaptureQueriesContext(connection) as queries:
        code, output = _cleanup(capsys, "--dry-run", "--json")
    assert {"members": 1, "counts": 1, "images": 1}.items() <= json.loads(output).items()
    written = [each["sql"] for each in queries if not each["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert (code, written) == (0, [])


def test_the_metrics_tell_when_each_task_last_succeeded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Job.objects.create(kind="test.old", payload={}, done_at=timezone.now().replace(year=2020))
    monkeypatch.setitem(cleanup._tasks, "codes", _fail)
    _cleanup(capsys)
    # A worker of the outbox, which runs all the time, measures what the command has stored.
    QueueMonitor().measure_if_due()
    assert _gauge("succeeded_timestamp_seconds", "jobs") == CleanupRun.objects.get(task="jobs").finished_at.timestamp()
    assert (_gauge("rows", "jobs"), _gauge("succeeded_timestamp_seconds", "codes")) == (1, 0)


def test_a_task_that_fails_keeps_the_time_of_its_last_success(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _cleanup(capsys)
    before = CleanupRun.objects.get(task="codes")
    monkeypatch.setitem(cleanup._tasks, "codes", _fail)
    _cleanup(capsys)
    after = CleanupRun.objects.get(task="codes")
    assert after.succeeded_at == before.succeeded_at
    assert after.finished_at > before.finished_at


def _gauge(name: str, task: str) -> float | None:
    return REGISTRY.get_sample_value(f"h2h_cleanup_{name}", {"task": task})


def _fail(*, dry: bool = False) -> int:
    raise ConnectionError("the database blinked")
