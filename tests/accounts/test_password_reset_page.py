"""/reset-password/: a new password for members whose app cannot set one; e-mails about security name the page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import Phone, code_of
from tests.accounts.sent_emails import SentEmails, last_code, subjects
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]
URL, NEW_PASSWORD = "/reset-password/", "Ein neuer Anfang!7"


def request_code(browser: Client, email: str, address: str = "192.0.2.1") -> Any:
    return browser.post(URL, {"email": email}, headers={"accept-language": "en"}, REMOTE_ADDR=address)


def set_password(browser: Client, email: str, code: str, password: str = NEW_PASSWORD) -> str:
    body = {"email": email, "code": code, "password": password}
    response = browser.post(f"{URL}confirm/", body, headers={"accept-language": "en"})
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_page_sets_a_new_password_and_logs_out_all_devices(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    phone, browser = Phone.of(mina), Client()
    request_code(browser, mina.email.upper())
    run_jobs()
    assert "Your password is changed" in set_password(browser, mina.email, last_code(mailoutbox, mina.email))
    assert code_of(phone.get("me")) == "session_ended"
    assert Phone().log_in(mina.email).status_code == 401
    assert Phone().log_in(mina.email, NEW_PASSWORD).status_code == 201


def test_a_refused_password_is_explained_and_the_code_stays_valid(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    browser = Client()
    request_code(browser, mina.email)
    run_jobs()
    code = last_code(mailoutbox, mina.email)
    for password in ("short", "password123", ""):
        assert 'class="errorlist"' in set_password(browser, mina.email, code, password)
    assert "Your password is changed" in set_password(browser, mina.email, code)


def test_the_page_does_not_tell_which_addresses_have_an_account(
    mina: Member, jun: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    jun.suspend(timezone.now() + timedelta(days=1))
    emails = (mina.email, jun.email, "nobody@example.com")
    assert {request_code(Client(), email).status_code for email in emails} == {200}
    run_jobs()
    assert [subjects(mailoutbox, email) != [] for email in emails] == [True, False, False]
    refused = [set_password(Client(), email, "xxxxxxxx") for email in emails]
    assert ["The code is wrong" in page for page in refused] == [True] * 3
    assert Phone().log_in(mina.email).status_code == 201


def test_a_code_for_another_purpose_sets_no_password(code_for: CodeFor, mina: Member) -> None:
    assert "The code is wrong" in set_password(Client(), "new@example.com", code_for("new@example.com"))


def test_the_page_shares_its_rate_limits_with_the_api(mina: Member) -> None:
    responses = [request_code(Client(), mina.email, address=f"198.51.100.{number}") for number in range(6)]
    assert responses[-1].status_code == 429
    assert 0 < int(responses[-1]["Retry-After"]) <= 3_600


def test_a_form_sent_from_another_site_is_refused(mina: Member) -> None:
    assert request_code(Client(enforce_csrf_checks=True), mina.email).status_code == 403


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_in_the_language_of_the_browser(language: str) -> None:
    response = Client().get(URL, headers={"accept-language": language})
    assert f'<html lang="{language}">' in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert Client().get("/reset-password")["Location"] == URL


def test_every_email_about_security_names_the_page(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://heart.example"
    phone = Phone.of(mina)
    Phone("198.51.100.7").log_in(mina.email, device="tablet")
    run_jobs()
    assert phone.post("me/password", current=PASSWORD, password=NEW_PASSWORD).status_code == 204
    run_jobs()
    assert phone.post("me/withdrawal", password=NEW_PASSWORD).status_code == 204
    run_jobs()
    assert len(subjects(mailoutbox, mina.email)) == 3
    for message in mailoutbox:
        ((html, _),) = message.alternatives
        assert "https://heart.example/reset-password/" in str(message.body)
        assert 'href="https://heart.example/reset-password/"' in str(html)


def test_a_code_that_has_arrived_can_be_entered_when_no_more_are_sent(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails, settings: Settings
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-email": "1/hour"}
    request_code(Client(), mina.email)
    run_jobs()
    browser = Client()
    refused = request_code(browser, mina.email)
    assert (refused.status_code, 'href="/reset-password/confirm/"' in refused.content.decode()) == (429, True)
    assert 'type="email"' in browser.get(f"{URL}confirm/").content.decode()
    assert "Your password is changed" in set_password(browser, mina.email, last_code(mailoutbox, mina.email))
