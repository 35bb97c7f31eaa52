"""Housekeeping in all rooms by one command."""

import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from libs.outbox.models import Job
from operations.management.commands import housekeeping

pytestmark = pytest.mark.django_db


def _housekeeping(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = 0
    try:
        call_command("housekeeping", *words)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, capsys.readouterr().out


def test_a_clean_house_is_no_failure_of_its_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = _housekeeping(capsys, "--json")
    assert code == 0
    people, things = ["members", "reports", "bans", "sessions"], ["codes", "events", "guesses", "exports", "admin"]
    sweeps = [*people, *things, "pictures", "answers", "jobs"]
    assert json.loads(said) == dict.fromkeys(sweeps, 0)


def test_what_was_swept_is_counted_room_by_room(capsys: pytest.CaptureFixture[str]) -> None:
    Job.objects.create(kind="test.old", payload={}, done_at=timezone.now().replace(year=2020))
    code, said = _housekeeping(capsys)
    assert code == 0
    assert "jobs              1" in said


def test_a_sweep_that_fails_is_told_and_keeps_no_other_from_its_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(housekeeping.SWEEPS, "codes", _fail)
    Job.objects.create(kind="test.old", payload={}, done_at=timezone.now().replace(year=2020))
    code, said = _housekeeping(capsys, "--json")
    assert code == 1
    assert json.loads(said)["codes"] is None
    assert json.loads(said)["jobs"] == 1


def _fail() -> int:
    raise ConnectionError("the database blinked")
