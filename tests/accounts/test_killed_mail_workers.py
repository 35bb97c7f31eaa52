"""A worker process that is killed while it sends an e-mail: nobody gets the e-mail twice."""

import os
import signal
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Member, SecurityEvent
from libs.outbox.models import Job
from tests.accounts.phone import Phone
from tests.accounts.scripted_mail_server import SILENCE, ScriptedMailServer
from tests.libs.outbox.processes import Environment, database_url, drain, start_worker
from tests.polling import wait_until

pytestmark = pytest.mark.usefixtures("shared_db")


@pytest.fixture
def environment(tmp_path: Path, mail_server: ScriptedMailServer) -> Environment:
    """What makes a process work on this test's database and send to its mail server."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(tmp_path),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_server.port),
        "EMAIL_USE_TLS": "off",
    }


def kill_worker_at(stage: str, mail_server: ScriptedMailServer, environment: Environment) -> None:
    """Start a worker, kill it while the mail server does not reply at this stage, and let its lease end."""
    mail_server.replies = {stage: SILENCE}
    with start_worker(environment) as worker:
        wait_until(lambda: mail_server.messages if stage == "END" else "data" in mail_server.commands)
        worker.send_signal(signal.SIGKILL)
    mail_server.replies = {}
    Job.objects.update(leased_until=timezone.now())


def test_a_code_whose_worker_was_killed_after_sending_it_is_not_sent_again(
    mail_server: ScriptedMailServer, environment: Environment
) -> None:
    Phone().post("verification-codes", email="new@example.com")
    kill_worker_at("END", mail_server, environment)
    assert drain(environment) == 0
    assert (Job.objects.get().state, len(mail_server.messages)) == ("abandoned", 1)


def test_a_notice_whose_worker_was_killed_after_sending_it_is_not_sent_again(
    mail_server: ScriptedMailServer, environment: Environment, mina: Member
) -> None:
    with transaction.atomic():
        SecurityEvent.objects.record_and_notify(mina, SecurityEvent.PASSWORD_CHANGED)
    kill_worker_at("END", mail_server, environment)
    assert drain(environment) == 0
    assert (Job.objects.get().state, len(mail_server.messages)) == ("abandoned", 1)


def test_an_email_whose_worker_was_killed_before_sending_it_is_sent_by_another(
    mail_server: ScriptedMailServer, environment: Environment
) -> None:
    Phone().post("verification-codes", email="new@example.com")
    kill_worker_at("DATA", mail_server, environment)
    assert drain(environment) == 0
    assert (Job.objects.get().state, len(mail_server.messages)) == ("done", 1)
