"""Two clean-ups at once, as when a schedule starts one while another still runs, delete each row once."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import PasswordGuess, VerificationCode
from libs.outbox.models import Job
from media.models import Image
from operations.models import CleanupRun
from tests.libs.outbox.processes import database_url

ROOT = Path(__file__).resolve().parents[2]
ROWS = 6_000


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_clean_ups_at_once_both_succeed_and_share_the_rows() -> None:
    _create_old_rows()
    command = [sys.executable, "manage.py", "cleanup", "--json"]
    environment = os.environ | {"DATABASE_URL": database_url()}
    both = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    counts = [json.loads(output) for output, _ in outputs]
    assert [sum(count[name] for count in counts) for name in ("jobs", "codes", "guesses")] == [ROWS] * 3
    assert not Image.objects.not_discarded().exists()
    assert CleanupRun.objects.filter(succeeded_at=None).count() == 0


def _create_old_rows() -> None:
    old = timezone.now() - timedelta(days=400)
    Job.objects.bulk_create(Job(kind="test.old", payload={}, done_at=old) for _ in range(ROWS))
    VerificationCode.objects.bulk_create(
        VerificationCode(email=f"m{number}@example.com", purpose="sign_up", requested_at=old) for number in range(ROWS)
    )
    PasswordGuess.objects.bulk_create(
        PasswordGuess(key=f"{number}", wrong=1, since=old, in_a_row=False) for number in range(ROWS)
    )
    for _ in range(200):
        Image.objects.create(width=1, height=1, bytes=5, created_at=old)
