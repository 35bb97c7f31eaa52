"""Codes above the rate of e-mails: they wait in order, at little cost, and those that wait too long are recorded."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import Settings

from accounts.models import Member
from libs.outbox.models import Job
from libs.outbox.worker import Worker
from tests.accounts.phone import Phone
from tests.accounts.scripted_mail_server import ScriptedMailServer
from tests.accounts.test_mail_server_replies import parse

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]


def ask(*numbers: int) -> list[str]:
    """Request a code for each number, from a network of its own; return the addresses."""
    emails = [f"new{number}@example.com" for number in numbers]
    for number, email in zip(numbers, emails, strict=True):
        assert Phone(f"198.51.{number}.1").post("verification-codes", email=email).status_code == 202
    return emails


def limit(settings: Settings, **rates: str) -> None:
    rates = {name.replace("_", "-"): rate for name, rate in rates.items()}
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | rates


def test_waiting_for_the_rate_costs_the_same_whatever_waits(run_jobs: RunJobs, settings: Settings) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            run_jobs()
        return len(statements)

    limit(settings, email_codes="1/hour")
    ask(0, 1)
    run_jobs()
    costs = [cost()]
    ask(*range(2, 30))
    assert costs == [cost()]


def test_codes_above_the_rate_are_sent_in_the_order_of_their_requests(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, settings: Settings
) -> None:
    limit(settings, email_codes="3/minute")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        emails = ask(*range(5))
        run_jobs()
        clock.shift(timedelta(seconds=59))
        emails += ask(5, 6)
        for _ in range(3):
            clock.shift(timedelta(seconds=61))
            run_jobs()
    assert [parse(message)["To"] for message in mail_server.messages] == emails


def test_a_flood_from_one_network_delays_no_codes_of_others(
    run_jobs: RunJobs, settings: Settings, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    limit(settings, email_codes="4/hour", code_network="2/minute")
    for number in range(9):
        Phone(f"192.0.2.{number}").post("verification-codes", email=f"flood{number}@example.com")
    emails = ask(1, 2)
    run_jobs()
    assert len(mailoutbox) == 4 + 4
    assert set(emails) < {message.to[0] for message in mailoutbox}
    assert Job.objects.waiting().count() == 3


def test_a_busy_network_takes_nobodys_place_among_those_who_wait(
    run_jobs: RunJobs, settings: Settings, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    limit(settings, email_codes="4/hour", code_network="2/minute")
    for number in range(9):
        Phone(f"192.0.2.{number}").post("verification-codes", email=f"flood{number}@example.com")
    run_jobs()
    emails = ask(1)
    Phone("192.0.2.9").post("verification-codes", email=emails[0])
    run_jobs()
    assert mailoutbox[-1].to == emails
    assert Job.objects.waiting().count() == 3


def test_a_flood_delays_no_code_for_a_new_password(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, settings: Settings, mina: Member
) -> None:
    limit(settings, code_network="2/minute")
    for number in range(4):
        Phone().post("verification-codes", email=f"flood{number}@example.com")
    ask(1)
    Phone().post("password-resets", email=mina.email)
    run_jobs()
    recipients = [str(parse(message)["To"]).partition("@")[0] for message in mail_server.messages]
    assert recipients == ["mina", "flood0", "flood1", "new1", "flood2", "flood3"]


def test_a_code_that_waited_too_long_for_the_rate_is_recorded(
    settings: Settings, mailoutbox: list[EmailMultiAlternatives], caplog: pytest.LogCaptureFixture
) -> None:
    def expired() -> float:
        return REGISTRY.get_sample_value("h2h_emails_total", {"template": "sign_up_code", "outcome": "expired"}) or 0

    limit(settings, email_codes="1/hour")
    before, worker = expired(), Worker()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(0, 1, 2)
        worker.drain()
        clock.shift(timedelta(minutes=31))
        worker.drain()
    assert (len(mailoutbox), expired() - before) == (1, 2)
    assert [(job.state, "requested too long ago" in job.last_error) for job in Job.objects.order_by("id")[1:]] == [
        ("abandoned", True)
    ] * 2
    assert [getattr(record, "outcome", "") for record in caplog.records][-2:] == ["abandoned"] * 2
