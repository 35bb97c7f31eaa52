"""What becomes of an e-mail that the mail server refuses, postpones, takes without a word, or takes late."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import Settings

from accounts.models import Member, SecurityEvent
from libs.email_delivery import build_email
from libs.outbox.models import Job
from tests.accounts.phone import Phone
from tests.accounts.scripted_mail_server import CLOSE, SILENCE, ScriptedMailServer
from tests.accounts.test_verification_codes import confirm

pytestmark = pytest.mark.django_db
NEW = "new@example.com"
RunJobs = Callable[[], None]


def ask(language: str = "en") -> Job:
    Phone(language=language).post("verification-codes", email=NEW)
    return Job.objects.latest("id")


def code_of(content: bytes) -> str:
    text = parse(content).get_body(("plain",))
    assert text
    return next(str(line).strip() for line in text.get_content().splitlines() if line.startswith("    "))


def parse(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def run_all_attempts(run_jobs: RunJobs) -> None:
    """Work, again and again, until the attempts of every job are over."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(14):
            run_jobs()
            clock.shift(timedelta(hours=1))


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
def test_an_email_that_is_refused_for_good_is_tried_once_and_recorded(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, stage: str
) -> None:
    mail_server.replies = {stage: f"550 5.1.1 <{NEW}> no such mailbox"}
    job = ask()
    run_all_attempts(run_jobs)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("abandoned", 1)
    assert "EmailRefused: 550 5.1.1" in job.last_error
    assert NEW not in job.last_error


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("CONNECT", "421 too busy"),
        ("CONNECT", "554 no service here"),
        ("EHLO", CLOSE),
        ("MAIL", "451 later"),
        ("MAIL", "530 5.7.0 authentication required"),
        ("RCPT", "450 4.7.1 greylisted"),
        ("RCPT", SILENCE),
        ("DATA", "452 disk full"),
        ("DATA", CLOSE),
        ("END", "451 scanner away"),
    ],
)
def test_an_email_that_is_not_taken_now_is_sent_later(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, stage: str, reply: str
) -> None:
    mail_server.replies = {stage: reply}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        job = ask()
        run_jobs()
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("waiting", 1)
        mail_server.replies = {}
        clock.shift(timedelta(minutes=1))
        run_jobs()
        assert confirm(code_of(mail_server.messages[-1])).status_code == 200
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.parametrize("reply", [SILENCE, CLOSE])
@pytest.mark.parametrize("kind", ["code", "notice"])
def test_an_email_that_is_taken_without_a_reply_is_not_sent_again(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, mina: Member, kind: str, reply: str
) -> None:
    mail_server.replies = {"END": reply}
    if kind == "code":
        ask()
    else:
        SecurityEvent.objects.record_and_notify(mina, SecurityEvent.PASSWORD_CHANGED)
    run_jobs()
    if kind == "code":
        assert confirm(code_of(mail_server.messages[-1])).status_code == 200
    run_all_attempts(run_jobs)
    assert len(mail_server.messages) == 1
    assert "DeliveryUncertain" in Job.objects.get().last_error


@pytest.mark.parametrize("reply", [SILENCE, CLOSE, "500 what"])
def test_an_email_is_sent_whatever_the_server_replies_to_quit(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, reply: str
) -> None:
    mail_server.replies = {"QUIT": reply}
    job = ask()
    run_all_attempts(run_jobs)
    job.refresh_from_db()
    assert (job.state, len(mail_server.messages)) == ("done", 1)


@pytest.mark.parametrize("stage", ["CONNECT", "RCPT", "END"])
def test_a_conversation_ends_in_time_however_slowly_each_byte_arrives(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, settings: Settings, stage: str
) -> None:
    # Each wait is shorter than its timeout, and together they would last for good.
    settings.EMAIL_TIMEOUT, settings.OUTBOX_LEASE_SECONDS = 60, 1
    mail_server.replies = {stage: SILENCE}
    job = ask()
    run_jobs()
    job.refresh_from_db()
    assert job.last_error
    assert job.lease is None


def test_after_an_outage_only_the_newest_of_several_requests_is_answered(
    mail_server: ScriptedMailServer, run_jobs: RunJobs
) -> None:
    mail_server.replies = {"CONNECT": "421 closing"}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            ask()
            run_jobs()
            clock.shift(timedelta(minutes=2))
        mail_server.replies = {}
        for _ in range(20):
            run_jobs()
            clock.shift(timedelta(minutes=1))
    assert len(mail_server.messages) == 1
    assert not Job.objects.waiting().exists()


@pytest.mark.parametrize(("minutes", "emails"), [(29, 1), (31, 0)])
def test_a_code_that_was_requested_too_long_ago_is_not_sent(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, minutes: int, emails: int
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask()
        clock.shift(timedelta(minutes=minutes))
        run_jobs()
    assert len(mail_server.messages) == emails


def test_an_arrived_code_works_while_later_emails_are_refused(
    mail_server: ScriptedMailServer, run_jobs: RunJobs
) -> None:
    ask()
    run_jobs()
    for reply in ("450 greylisted", "550 no such mailbox", SILENCE):
        mail_server.replies = {"RCPT": reply}
        ask()
        run_jobs()
    assert confirm(code_of(mail_server.messages[0])).status_code == 200


def test_emails_above_the_rate_of_the_server_wait_and_are_counted(
    run_jobs: RunJobs, settings: Settings, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    def postponed() -> float:
        labels = {"template": "sign_up_code", "outcome": "postponed"}
        return REGISTRY.get_sample_value("h2h_emails_total", labels) or 0

    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"email-codes": "3/minute"}
    before = postponed()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(5):
            Phone().post("verification-codes", email=f"new{number}@example.com")
        run_jobs()
        # The first of those that wait finds out for both.
        assert (len(mailoutbox), postponed() - before) == (3, 1)
        assert set(Job.objects.waiting().values_list("attempts", flat=True)) == {0}
        clock.shift(timedelta(seconds=61))
        run_jobs()
    assert len(mailoutbox) == 5


def test_a_flood_of_codes_does_not_hold_back_security_notices(
    run_jobs: RunJobs, settings: Settings, mina: Member, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"email-codes": "1/hour"}
    ask(), ask()
    SecurityEvent.objects.record_and_notify(mina, SecurityEvent.PASSWORD_CHANGED)
    run_jobs()
    assert [message.to for message in mailoutbox] == [[mina.email], [NEW]]


def test_a_flood_of_sign_ups_does_not_hold_back_codes_of_members(
    run_jobs: RunJobs, settings: Settings, mina: Member, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"email-codes": "1/hour"}
    ask(), Phone().post("verification-codes", email="other@example.com")
    Phone().post("password-resets", email=mina.email)
    run_jobs()
    assert [message.to for message in mailoutbox] == [[mina.email], [NEW]]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_email_is_ascii_on_its_way_and_reads_the_same(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, settings: Settings, language: str
) -> None:
    settings.DEFAULT_FROM_EMAIL = "마음에서 마음으로 <no-reply@마음.example>"
    ask(language)
    run_jobs()
    (content,) = mail_server.messages
    message = parse(content)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert (
        message["Subject"] == {"ko": "Heart to Heart 가입 코드", "en": "Your sign-up code for Heart to Heart"}[language]
    )
    assert message["From"].addresses[0].display_name == "마음에서 마음으로"
    assert [part["Content-Transfer-Encoding"] for part in message.iter_parts()] == ["quoted-printable"] * 2
    assert not any("BODY=" in command.upper() for command in mail_server.commands)


def test_an_email_says_that_a_machine_wrote_it_and_who(
    mail_server: ScriptedMailServer, run_jobs: RunJobs, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Heart <no-reply@마음.example>"
    ask("ko")
    run_jobs()
    message = parse(mail_server.messages[0])
    assert (message["Auto-Submitted"], message["Content-Language"]) == ("auto-generated", "ko")
    assert message["Message-ID"].endswith("@xn--hz2b60w.example>")


@pytest.mark.parametrize("words", [1, 9, 40])
def test_korean_subjects_survive_however_long_they_are(words: int) -> None:
    subject = " ".join(["마음에서 마음으로 (Heart)"] * words)
    content = build_email(subject, "텍스트", "<p>텍스트</p>", NEW, "ko").message().as_bytes()
    assert parse(content)["Subject"] == subject
    assert b"Subject: =?utf-8?" in content
    assert max(map(len, content.split(b"\n\n")[0].split(b"\n"))) <= 78
