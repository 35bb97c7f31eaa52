"""E-mails: their language, and their delivery by SMTP."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from libs.outbox.models import Job
from tests.accounts.conftest import code_in
from tests.accounts.phone import Phone, code_of
from tests.accounts.smtp_server import APP_PASSWORD, USER, SmtpServer, running_smtp_server

pytestmark = pytest.mark.django_db
NEW = "new@example.com"
RunJobs = Callable[[], None]
KOREAN = {"code": "코드", "known": "이미", "code_or_return": "다시"}


@pytest.fixture
def smtp(settings: Settings) -> Settings:
    """E-mails leave by SMTP, as in production."""
    settings.EMAIL_BACKEND = "libs.email_delivery.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "localhost", True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, APP_PASSWORD
    return settings


@pytest.fixture
def smtp_server(smtp: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    """A mail server whose certificate is trusted."""
    with running_smtp_server(tmp_path) as (smtp_server, port, certificate):
        smtp.EMAIL_PORT = port
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        yield smtp_server


def ask(email: str = NEW) -> Job:
    Phone().post("verification-codes", email=email)
    return Job.objects.latest("id")


@pytest.mark.parametrize(
    ("language", "greeting"), [("en", "Your sign-up code"), ("ko-KR,ko;q=0.9,en;q=0.5", "코드"), ("fr", "Your")]
)
def test_an_email_speaks_the_language_that_was_asked_for(
    language: str, greeting: str, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    Phone(language=language).post("verification-codes", email=NEW)
    run_jobs()
    (message,) = mailoutbox
    assert greeting in str(message.subject)
    assert code_in(message)


def test_every_email_has_korean_words_and_an_english_text(
    run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives], mina: Member, jun: Member
) -> None:
    jun.withdraw()
    for email in (NEW, mina.email, jun.email):
        for language in ("ko", "en"):
            Phone(language=language).post("verification-codes", email=email)
            run_jobs()
            spoken = [message.isascii() for message in (str(mailoutbox[-1].subject), str(mailoutbox[-1].body))]
            assert spoken == [language == "en"] * 2


def test_an_email_says_the_same_as_text_and_as_html(
    run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    Phone(language="ko").post("verification-codes", email=NEW)
    run_jobs()
    (message,) = mailoutbox
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert code_in(message) in str(html)
    assert 'lang="ko"' in str(html)
    assert message.message()["From"] == "Heart to Heart <no-reply@heart-to-heart.example>"


def test_an_email_travels_encrypted_and_after_signing_in(smtp_server: SmtpServer, run_jobs: RunJobs) -> None:
    ask()
    run_jobs()
    (message,) = smtp_server.messages
    assert smtp_server.encrypted == [True]
    assert (message["To"], message.get_content_type()) == (NEW, "multipart/alternative")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_the_code_of_an_email_that_came_by_smtp_opens(smtp_server: SmtpServer, run_jobs: RunJobs, phone: Phone) -> None:
    ask()
    run_jobs()
    text = smtp_server.messages[0].get_body(("plain",))
    assert text
    code = next(line.strip() for line in text.get_content().splitlines() if line.startswith("    "))
    assert phone.post("verification-codes/confirm", email=NEW, code=code).status_code == 200


@pytest.mark.parametrize("mood", ["451 try again later", "421 closing"])
def test_an_email_that_the_server_postpones_is_sent_again_later(
    smtp_server: SmtpServer, run_jobs: RunJobs, mood: str
) -> None:
    smtp_server.replies = [mood]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        job = ask()
        run_jobs()
        job.refresh_from_db()
        assert (job.state, smtp_server.messages) == ("waiting", [])
        clock.shift(timedelta(minutes=1))
        run_jobs()
    job.refresh_from_db()
    assert (job.state, len(smtp_server.messages)) == ("done", 1)


def test_a_stored_error_of_the_mail_server_names_no_address(smtp_server: SmtpServer, run_jobs: RunJobs) -> None:
    smtp_server.replies = [f"550 <{NEW}> unknown"]
    job = ask()
    run_jobs()
    job.refresh_from_db()
    assert job.last_error
    assert NEW not in job.last_error


def test_a_server_whose_certificate_nobody_signed_gets_no_email(
    smtp_server: SmtpServer, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    job = ask()
    run_jobs()
    job.refresh_from_db()
    assert (job.state, smtp_server.messages) == ("waiting", [])
    assert "SSLCertVerificationError" in job.last_error


def test_a_silent_mail_server_times_out_and_is_retried(smtp: Settings, run_jobs: RunJobs) -> None:
    smtp.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        smtp.EMAIL_PORT = silent.getsockname()[1]
        job = ask()
        run_jobs()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 1)


def test_a_wrong_password_of_ours_loses_no_email(smtp_server: SmtpServer, run_jobs: RunJobs, smtp: Settings) -> None:
    smtp.EMAIL_HOST_PASSWORD = "forgotten"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask()
        run_jobs()
        smtp.EMAIL_HOST_PASSWORD = APP_PASSWORD
        clock.shift(timedelta(minutes=1))
        run_jobs()
    assert len(smtp_server.messages) == 1


def test_a_request_succeeds_while_the_mail_server_is_down(smtp: Settings, phone: Phone) -> None:
    smtp.EMAIL_PORT = 1
    assert code_of(phone.post("verification-codes", email=NEW)) == ""
    assert Job.objects.get().state == "waiting"
