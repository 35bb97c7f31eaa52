"""One command runs the clean-up of every app."""

import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from libs import cleanup
from libs.outbox.models import Job

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
    of_libraries, of_media, of_moderation = ["jobs", "responses"], ["images"], ["reports", "banned_addresses"]
    of_accounts = ["members", "sessions", "codes", "events", "guesses", "exports", "admin_sessions"]
    tasks = [*of_libraries, *of_media, *of_accounts, *of_moderation]
    assert json.loads(output) == dict.fromkeys(tasks, 0)


def test_cleanup_prints_how_much_each_step_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    Job.objects.create(kind="test.old", payload={}, done_at=timezone.now().replace(year=2020))
    code, output = _cleanup(capsys)
    assert code == 0
    assert f"jobs{1:25}" in output


def test_a_failing_cleanup_step_is_reported_and_the_others_still_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cleanup._tasks, "codes", _fail)
    Job.objects.create(kind="test.old", payload={}, done_at=timezone.now().replace(year=2020))
    code, output = _cleanup(capsys, "--json")
    assert code == 1
    assert json.loads(output)["codes"] is None
    assert json.loads(output)["jobs"] == 1


def _fail() -> int:
    raise ConnectionError("the database blinked")
