"""Leaving without the password: with a mailed code, on the phone or on a page for those who have none."""

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
from tests.accounts.letters import Letters, last_code, subjects
from tests.accounts.phone import Phone, code_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
Work = Callable[[], None]


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


def has_left(member: Member) -> bool:
    return Member.objects.get(pk=member.pk).withdrawn_at is not None


def code_of_letter(phone: Phone, email: str, work: Work, letters: Letters) -> str:
    assert phone.post("me/withdrawal/code").status_code == 202
    work()
    return last_code(letters, email)


def test_a_mailed_code_is_as_good_as_the_password(phone: Phone, mina: Member, work: Work, mailoutbox: Letters) -> None:
    code = code_of_letter(phone, mina.email, work, mailoutbox)
    assert code_of(phone.post("me/withdrawal", code="xxxxxxxx")) == "code_incorrect"
    assert phone.post("me/withdrawal", code=code).status_code == 204
    assert has_left(mina)
    assert code_of(phone.get("me")) == "session_ended"


def test_a_code_to_leave_with_is_used_up(phone: Phone, mina: Member, work: Work, mailoutbox: Letters) -> None:
    code = code_of_letter(phone, mina.email, work, mailoutbox)
    phone.post("me/withdrawal", code=code)
    phone.sign_in(mina.email)
    assert code_of(phone.post("me/withdrawal", code=code)) == "code_incorrect"


def test_the_code_of_another_member_lets_nobody_leave(
    phone: Phone, mina: Member, jun: Member, work: Work, mailoutbox: Letters
) -> None:
    other = Phone.of(jun)
    code = code_of_letter(other, jun.email, work, mailoutbox)
    code_of_letter(phone, mina.email, work, mailoutbox)
    assert code_of(phone.post("me/withdrawal", code=code)) == "code_incorrect"
    assert not has_left(mina)
    assert not has_left(jun)


@pytest.mark.parametrize("body", [{}, {"password": PASSWORD, "code": "aB3dE5gH"}])
def test_one_proof_is_asked_for_and_no_more(phone: Phone, mina: Member, body: dict[str, Any]) -> None:
    assert phone.post("me/withdrawal", **body).json()["errors"][0]["code"] == "required"
    assert not has_left(mina)


def test_a_code_to_reset_with_lets_nobody_leave(phone: Phone, mina: Member, work: Work, mailoutbox: Letters) -> None:
    Phone().post("password-resets", email=mina.email)
    work()
    code = last_code(mailoutbox, mina.email)
    assert code_of(phone.post("me/withdrawal", code=code)) == "code_incorrect"
    assert "The code is wrong" in type_code(Client(), mina.email, code)
    assert not has_left(mina)


# The page -------------------------------------------------------------------------------------------


def ask(browser: Client, email: str, language: str = "en", address: str = "192.0.2.1") -> Any:
    headers = {"accept-language": language}
    return browser.post("/withdraw/", {"email": email}, headers=headers, REMOTE_ADDR=address)


def type_code(browser: Client, email: str, code: str) -> str:
    answer = browser.post("/withdraw/confirm/", {"email": email, "code": code}, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def without_secrets(page: Any, email: str) -> str:
    return re.sub(r'value="[^"]{64}"', "", page.content.decode()).replace(email, "")


def test_without_the_app_a_mailed_code_is_enough(mina: Member, phone: Phone, work: Work, mailoutbox: Letters) -> None:
    browser = Client()
    assert ask(browser, mina.email.upper()).status_code == 200
    work()
    assert "Your account is now hidden" in type_code(browser, mina.email, last_code(mailoutbox, mina.email))
    assert has_left(mina)
    assert code_of(phone.get("me")) == "session_ended"


def test_the_page_answers_alike_for_every_address(
    mina: Member, jun: Member, sora: Member, work: Work, mailoutbox: Letters
) -> None:
    jun.suspend(timezone.now() + timedelta(days=1))
    sora.withdraw()
    emails = (mina.email, jun.email, sora.email, "nobody@example.com")
    pages = [without_secrets(ask(Client(), email), email) for email in emails]
    work()
    assert pages == [pages[0]] * 4
    assert [subjects(mailoutbox, email) != [] for email in emails] == [True, False, False, False]
    refused = [type_code(Client(), email, "xxxxxxxx").replace(email, "") for email in emails]
    assert ["The code is wrong" in page for page in refused] == [True] * 4


def test_wrong_codes_on_the_page_are_counted(mina: Member, work: Work, mailoutbox: Letters) -> None:
    browser = Client()
    ask(browser, mina.email)
    work()
    code = last_code(mailoutbox, mina.email)
    for _ in range(5):
        type_code(browser, mina.email, "xxxxxxxx")
    assert "Too many wrong codes" in type_code(browser, mina.email, code)
    assert not has_left(mina)


def test_a_code_to_join_with_does_nothing_on_the_page(code_for: CodeFor) -> None:
    assert "The code is wrong" in type_code(Client(), "new@example.com", code_for("new@example.com"))


def test_who_was_suspended_since_the_letter_stays(mina: Member, work: Work, mailoutbox: Letters) -> None:
    ask(Client(), mina.email)
    work()
    mina.suspend(timezone.now() + timedelta(days=1))
    assert "The code is wrong" in type_code(Client(), mina.email, last_code(mailoutbox, mina.email))
    assert not has_left(mina)


def test_the_page_mails_as_seldom_as_the_api(mina: Member) -> None:
    answers = [ask(Client(), mina.email, address=f"198.51.100.{n}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3_600
    assert Phone("203.0.113.5").post("verification-codes", email=mina.email).status_code == 429


def test_a_form_of_another_site_is_refused(mina: Member) -> None:
    answer = ask(Client(enforce_csrf_checks=True), mina.email)
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("email", ["", "nobody", "a\x00@example.com", "a@example.com\nBcc: b@example.com"])
def test_what_is_no_address_is_asked_for_again(email: str, mailoutbox: Letters, work: Work) -> None:
    answer = ask(Client(), email)
    work()
    assert (answer.status_code, mailoutbox) == (200, [])
    assert 'class="errorlist"' in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_speaks_the_readers_language(language: str) -> None:
    answer = Client().get("/withdraw/", headers={"accept-language": language})
    assert f'<html lang="{language}">' in answer.content.decode()
    assert answer["Content-Language"] == language
    assert "no-store" in answer["Cache-Control"]


def test_the_second_page_is_reached_from_the_first(db: None) -> None:
    assert Client().get("/withdraw/confirm/")["Location"] == "/withdraw/"
    assert Client().get("/withdraw")["Location"] == "/withdraw/"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_somebody_leaves_with_a_browser(
    live_server: LiveServer, page: Page, mina: Member, work: Work, mailoutbox: Letters
) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.goto(f"{live_server.url}/withdraw/")
    page.get_by_label("E-mail address").fill(mina.email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code from the e-mail")).to_be_visible()
    work()
    page.get_by_label("Code from the e-mail").fill("xxxxxxxx")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("The code is wrong")).to_be_visible()
    page.get_by_label("Code from the e-mail").fill(last_code(mailoutbox, mina.email))
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is now hidden")).to_be_visible()
    assert has_left(mina)
    assert said == []
