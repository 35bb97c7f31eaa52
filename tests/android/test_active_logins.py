"""Operators see when the last phone is gone."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import Member
from tests.android.conftest import app_of
from tests.conftest import logged_in


def run_command(*words: str) -> tuple[str, int]:
    """What the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command("android_logins", *words, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    return out.getvalue(), 0


@pytest.mark.django_db
def test_without_a_phone_the_command_says_so_and_exits_with_two() -> None:
    printed, code = run_command("--json")
    assert code == 2
    assert json.loads(printed) == {
        "live": 0,
        "members": 0,
        "last_used": None,
        "newest": None,
        "oldest": None,
        "by_day": {},
    }
    assert "last used  never" in run_command()[0]


def test_phones_are_counted_by_the_day_of_their_last_use(mina: Member, jun: Member) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False):
        logged_in(mina)
        app_of(mina)
        old = app_of(mina)
    with time_machine.travel(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), tick=False):
        old.start()
        app_of(jun)
        printed, code = run_command("--json")
    assert code == 0
    assert json.loads(printed) == {
        "live": 3,
        "members": 2,
        "last_used": "2026-11-21T23:30:00+00:00",
        "newest": "2026-11-21T23:30:00+00:00",
        "oldest": "2026-11-20T09:00:00+00:00",
        "by_day": {"2026-11-21": 2, "2026-11-20": 1},
    }


def test_the_last_use_is_known_when_every_phone_has_logged_out(mina: Member) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False):
        app_of(mina).logout()
        printed, code = run_command()
    assert code == 2
    assert printed.startswith("0 logins of the Android app are live, of 0 members.\nlast used  2026-11-20 09:00 UTC\n")
