"""Withdrawal without the password: with a code sent by e-mail, in the app or on a web page."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import Phone, code_of
from tests.accounts.sent_emails import SentEmails, last_code, subjects
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's phone, logged in."""
    return Phone.of(mina)


def is_withdrawn(member: Member) -> bool:
    return Member.objects.get(pk=member.pk).withdrawn_at is not None


def code_from_email(phone: Phone, email: str, run_jobs: RunJobs, emails: SentEmails) -> str:
    assert phone.post("me/withdrawal/code").status_code == 202
    run_jobs()
    return last_code(emails, email)


def test_a_code_sent_by_email_withdraws_the_member(
    phone: Phone, mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    code = code_from_email(phone, mina.email, run_jobs, mailoutbox)
    assert code_of(phone.post("me/withdrawal", code="xxxxxxxx")) == "code_incorrect"
    assert phone.post("me/withdrawal", code=code).status_code == 204
    assert is_withdrawn(mina)
    assert code_of(phone.get("me")) == "session_ended"


def test_a_code_for_a_withdrawal_can_be_used_once(
    phone: Phone, mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    code = code_from_email(phone, mina.email, run_jobs, mailoutbox)
    phone.post("me/withdrawal", code=code)
    phone.log_in(mina.email)
    assert code_of(phone.post("me/withdrawal", code=code)) == "code_incorrect"


def test_the_code_of_another_member_does_not_withdraw_anybody(
    phone: Phone, mina: Member, jun: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    other = Phone.of(jun)
    code = code_from_email(other, jun.email, run_jobs, mailoutbox)
    code_from_email(phone, mina.email, run_jobs, mailoutbox)
    assert code_of(phone.post("me/withdrawal", code=code)) == "code_incorrect"
    assert not is_withdrawn(mina)
    assert not is_withdrawn(jun)


@pytest.mark.parametrize("body", [{}, {"password": PASSWORD, "code": "aB3dE5gH"}])
def test_a_withdrawal_takes_either_a_password_or_a_code(phone: Phone, mina: Member, body: dict[str, Any]) -> None:
    assert phone.post("me/withdrawal", **body).json()["errors"][0]["code"] == "required"
    assert not is_withdrawn(mina)


def test_a_code_for_a_password_reset_does_not_withdraw_the_member(
    phone: Phone, mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    Phone().post("password-resets", email=mina.email)
    run_jobs()
    code = last_code(mailoutbox, mina.email)
    assert code_of(phone.post("me/withdrawal", code=code)) == "code_incorrect"
    assert "The code is wrong" in enter_code(Client(), mina.email, code)
    assert not is_withdrawn(mina)


# The page -------------------------------------------------------------------------------------------


def request_code(browser: Client, email: str, language: str = "en", address: str = "192.0.2.1") -> Any:
    headers = {"accept-language": language}
    return browser.post("/withdraw/", {"email": email}, headers=headers, REMOTE_ADDR=address)


def enter_code(browser: Client, email: str, code: str) -> str:
    response = browser.post("/withdraw/confirm/", {"email": email, "code": code}, headers={"accept-language": "en"})
    assert response.status_code == 200
    return str(response.content.decode())


def without_secrets(page: Any, email: str) -> str:
    return re.sub(r'value="[^"]{64,}"', "", page.content.decode()).replace(email, "")


def test_a_code_on_the_web_page_withdraws_the_member(
    mina: Member, phone: Phone, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    browser = Client()
    assert request_code(browser, mina.email.upper()).status_code == 200
    run_jobs()
    assert "Your account is now hidden" in enter_code(browser, mina.email, last_code(mailoutbox, mina.email))
    assert is_withdrawn(mina)
    assert code_of(phone.get("me")) == "session_ended"


def test_the_page_does_not_tell_which_addresses_have_an_account(
    mina: Member, jun: Member, sora: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    jun.suspend(timezone.now() + timedelta(days=1))
    sora.withdraw()
    run_jobs()
    mailoutbox.clear()
    emails = (mina.email, jun.email, sora.email, "nobody@example.com")
    pages = [without_secrets(request_code(Client(), email), email) for email in emails]
    run_jobs()
    assert pages == [pages[0]] * 4
    assert [subjects(mailoutbox, email) != [] for email in emails] == [True, False, False, False]
    refused = [enter_code(Client(), email, "xxxxxxxx").replace(email, "") for email in emails]
    assert ["The code is wrong" in page for page in refused] == [True] * 4


def test_wrong_codes_on_the_page_use_up_the_code(mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails) -> None:
    browser = Client()
    request_code(browser, mina.email)
    run_jobs()
    code = last_code(mailoutbox, mina.email)
    for _ in range(5):
        enter_code(browser, mina.email, "xxxxxxxx")
    assert "Too many wrong codes" in enter_code(browser, mina.email, code)
    assert not is_withdrawn(mina)


def test_a_code_for_sign_up_is_refused_on_the_page(code_for: CodeFor) -> None:
    assert "The code is wrong" in enter_code(Client(), "new@example.com", code_for("new@example.com"))


def test_a_member_suspended_since_the_email_is_not_withdrawn(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    request_code(Client(), mina.email)
    run_jobs()
    mina.suspend(timezone.now() + timedelta(days=1))
    assert "The code is wrong" in enter_code(Client(), mina.email, last_code(mailoutbox, mina.email))
    assert not is_withdrawn(mina)


def test_the_page_shares_its_rate_limits_with_the_api(mina: Member) -> None:
    responses = [request_code(Client(), mina.email, address=f"198.51.100.{n}") for n in range(6)]
    assert [response.status_code for response in responses] == [200] * 5 + [429]
    assert 0 < int(responses[-1]["Retry-After"]) <= 3_600
    assert Phone("198.51.100.9").post("verification-codes", email=mina.email).status_code == 429
    assert request_code(Client(), mina.email, address="203.0.113.5").status_code == 200


def test_a_form_sent_from_another_site_is_refused(mina: Member) -> None:
    response = request_code(Client(enforce_csrf_checks=True), mina.email)
    assert response.status_code == 403
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("email", ["", "nobody", "a\x00@example.com", "a@example.com\nBcc: b@example.com"])
def test_an_invalid_address_shows_the_form_again(email: str, mailoutbox: SentEmails, run_jobs: RunJobs) -> None:
    response = request_code(Client(), email)
    run_jobs()
    assert (response.status_code, mailoutbox) == (200, [])
    assert 'class="errorlist"' in response.content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_in_the_language_of_the_browser(language: str) -> None:
    response = Client().get("/withdraw/", headers={"accept-language": language})
    assert f'<html lang="{language}">' in response.content.decode()
    assert response["Content-Language"] == language
    assert "no-store" in response["Cache-Control"]


def test_the_second_page_redirects_to_the_first(db: None) -> None:
    assert Client().get("/withdraw/confirm/")["Location"] == "/withdraw/"
    assert Client().get("/withdraw")["Location"] == "/withdraw/"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_member_withdraws_in_a_real_browser(
    live_server: LiveServer, page: Page, mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    output: list[str] = []
    page.on("console", lambda line: output.append(line.text))
    page.goto(f"{live_server.url}/withdraw/")
    page.get_by_label("E-mail address").fill(mina.email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code from the e-mail")).to_be_visible()
    run_jobs()
    page.get_by_label("Code from the e-mail").fill("xxxxxxxx")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("The code is wrong")).to_be_visible()
    page.get_by_label("Code from the e-mail").fill(last_code(mailoutbox, mina.email))
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is now hidden")).to_be_visible()
    assert is_withdrawn(mina)
    assert output == []
