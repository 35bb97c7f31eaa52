"""E-mails about new devices and changed credentials."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts.jobs import mail_event, mail_former_address, mail_new_device
from accounts.models import Member
from libs.outbox.models import Job
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import Phone
from tests.accounts.sent_emails import SentEmails, is_in_language, subjects
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]
DEVICE = "New login to your Heart to Heart account"
NEW = "new@example.com"


def test_the_first_session_after_sign_up_sends_no_notice(
    proof_for: CodeFor, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    body = {"proof": proof_for(NEW), "password": PASSWORD, "name": "Han Nari", "nickname": "Nari"}
    assert Phone().post("members", terms_version="2026-11-01", device="phone", **body).status_code == 201
    assert Phone().log_in(NEW).status_code == 201
    run_jobs()
    assert DEVICE not in subjects(mailoutbox, NEW)


def test_the_first_login_of_a_new_account_sends_no_notice_and_the_second_does(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    Phone().log_in(mina.email)
    run_jobs()
    assert mailoutbox == []
    Phone("198.51.100.7").log_in(mina.email)
    run_jobs()
    assert subjects(mailoutbox, mina.email) == [DEVICE]


def test_a_login_to_an_old_account_without_sessions_sends_a_notice(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    Member.objects.filter(pk=mina.pk).update(created_at=timezone.now() - timedelta(days=31))
    Phone().log_in(mina.email)
    run_jobs()
    assert subjects(mailoutbox, mina.email) == [DEVICE]


def test_a_new_device_and_a_new_network_send_one_notice_each(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    Phone.of(mina)
    for device, address in (("tablet", "192.0.2.1"), ("phone", "198.51.100.7"), ("phone", "198.51.100.9")):
        Phone(address).log_in(mina.email, device=device)
        Phone(address).log_in(mina.email, device=device)
    run_jobs()
    assert subjects(mailoutbox, mina.email) == [DEVICE] * 2
    assert "198.51.100.0/24" in str(mailoutbox[-1].body)
    assert str(Job.objects.latest("id").payload).count("@") == 0


def test_a_mailbox_gets_few_notices_however_many_devices_log_in(
    mina: Member, jun: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    Phone.of(mina), Phone.of(jun)
    for number in range(13):
        Phone(f"198.51.{number}.7").log_in(mina.email)
    Phone("198.51.100.7").log_in(jun.email)
    run_jobs()
    assert subjects(mailoutbox, mina.email) == [DEVICE] * 10
    assert subjects(mailoutbox, jun.email) == [DEVICE]


def test_a_failed_login_sends_no_new_device_notice(mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails) -> None:
    Phone("198.51.100.7").log_in(mina.email, "wrong")
    run_jobs()
    assert mailoutbox == []


def test_what_a_device_calls_itself_is_not_in_the_email(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    Phone.of(mina)
    Phone().log_in(mina.email, device="Call evil.example now")
    run_jobs()
    (message,) = mailoutbox
    assert "evil" not in str(message.message())


def test_emails_are_in_the_language_of_the_last_login(proof_for: CodeFor, mina: Member) -> None:
    phone = Phone(language="ko-KR")
    body = {"proof": proof_for(NEW), "password": PASSWORD, "name": "Han Nari", "nickname": "Nari"}
    phone.post("members", terms_version="2026-11-01", **body)
    assert (Member.objects.get(email=NEW).language, mina.language) == ("ko", "en")
    Phone(language="en").log_in(NEW)
    Phone(language="ko").log_in(mina.email)
    assert [Member.objects.get(email=email).language for email in (NEW, mina.email)] == ["en", "ko"]


def newest(messages: SentEmails, to: str) -> EmailMultiAlternatives:
    return [message for message in messages if message.to == [to]][-1]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_email_speaks_the_readers_language(
    language: str, mina: Member, jun: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    Phone.of(mina)
    phone = Phone(language=language)
    phone.log_in(mina.email, device="tablet")
    run_jobs()
    assert is_in_language(newest(mailoutbox, mina.email), language, DEVICE)
    for path, body, to, subject in (
        ("password-resets", {"email": mina.email}, mina.email, "Your code to reset your password"),
        ("me/withdrawal/code", {}, mina.email, "Your code to delete your Heart to Heart account"),
        ("me/email", {"email": NEW, "password": PASSWORD}, NEW, "Your code to confirm your new e-mail address"),
        ("me/email", {"email": jun.email, "password": PASSWORD}, jun.email,
         "This e-mail address already belongs to a Heart to Heart account"),
        ("me/password", {"current": PASSWORD, "password": PASSWORD}, mina.email, "Your password was changed"),
    ):  # fmt: skip
        assert phone.post(path, **body).status_code in (202, 204)
        run_jobs()
        assert is_in_language(newest(mailoutbox, to), language, subject)


@pytest.mark.parametrize("job", [mail_event, mail_former_address, mail_new_device])
def test_an_email_about_what_is_gone_is_not_sent(job: Callable[..., None], db: None, mailoutbox: SentEmails) -> None:
    job({"event_id": 4711, "session_id": 4711})
    assert mailoutbox == []


def test_a_used_up_or_copied_refresh_token_sends_an_email(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    phone, thief = Phone.of(mina), Phone("203.0.113.5")
    first = phone.pair["refresh"]
    phone.refresh()
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        assert thief.store_tokens(thief.refresh(first)).status_code == 200
        assert thief.refresh().status_code == 200
        assert phone.refresh(first).status_code == 401
        run_jobs()
    assert subjects(mailoutbox, mina.email) == [
        "A login of yours was used from two networks",
        "One of your devices was logged out",
    ]
    assert "203.0.113.0/24" in str(mailoutbox[0].body)
