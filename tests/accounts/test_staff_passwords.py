"""Passwords of staff, which the admin and commands set by the rules of the API."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.test import Client

from accounts.models import Member, SecurityEvent
from tests.accounts.phone import Phone
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "a brand new password by the sea"


@pytest.fixture
def browser(sora: Member) -> Client:
    """Sora's, signed in to the admin."""
    client = Client(raise_request_exception=False)
    client.force_login(sora)
    return client


def change(browser: Client, old: str = PASSWORD, new: str = NEW) -> Any:
    body = {"old_password": old, "new_password1": new, "new_password2": new}
    return browser.post("/admin/password_change/", body)


def test_a_change_in_the_admin_ends_all_other_sessions_and_sends_an_email(
    browser: Client, sora: Member, run_jobs: Any, mailoutbox: list[Any]
) -> None:
    phone, other = Phone.of(sora), Client()
    other.force_login(sora)
    assert change(browser)["Location"] == "/admin/password_change/done/"
    assert phone.get("me").status_code == 401
    assert browser.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    run_jobs()
    assert [message.to for message in mailoutbox] == [[sora.email]]
    assert Phone().log_in(sora.email, NEW).status_code == 201


def test_guesses_in_the_admin_are_counted(browser: Client, sora: Member, settings: Any) -> None:
    settings.PASSWORD_GUESSES_PER_NETWORK = 3
    for _ in range(3):
        assert b"errorlist" in change(browser, old="wrong").content
    assert change(browser).status_code == 200
    sora.refresh_from_db()
    assert sora.check_password(PASSWORD)


def test_a_hundred_wrong_guesses_in_the_admin_lead_to_a_page_that_says_so(
    browser: Client, sora: Member, settings: Any
) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 3
    for _ in range(3):
        change(browser, old="wrong")
    response = change(browser)
    assert response.status_code == 200
    assert b"errorlist" in response.content


@pytest.mark.parametrize("new", ["too short", "sora@example.com", "Sora Sora Sora Sora"])
def test_a_password_that_staff_may_not_have_is_refused_in_the_admin(browser: Client, sora: Member, new: str) -> None:
    assert b"errorlist" in change(browser, new=new).content
    assert not SecurityEvent.objects.exists()


def test_a_common_password_in_wide_digits_is_named_as_such_in_the_admin(browser: Client) -> None:
    page = change(browser, new="１２３４５６７８９８７６５４３２１").content.decode()
    assert "<li>This password is too common.</li>" in page
    assert not SecurityEvent.objects.exists()


def test_members_and_strangers_do_not_see_the_page(client: Client, mina: Member) -> None:
    assert client.get("/admin/password_change/")["Location"].startswith("/admin/login/")
    client.force_login(mina)
    assert change(client)["Location"].startswith("/admin/login/")
    assert Phone().log_in(mina.email).status_code == 201


@pytest.mark.parametrize("password", ["x", "elevenchars", "op@heart.example"])
def test_createsuperuser_takes_no_password_that_staff_may_not_have(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, email="op@heart.example", name="Op", nickname="Operator")
    assert not Member.objects.exists()


def test_createsuperuser_takes_a_good_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)
    call_command("createsuperuser", interactive=False, email="op@heart.example", name="Op", nickname="Operator")
    assert Member.objects.get().check_password(NEW)
    assert not SecurityEvent.objects.exists()


def test_a_password_that_an_operator_sets_ends_all_sessions(
    sora: Member, monkeypatch: pytest.MonkeyPatch, run_jobs: Any, mailoutbox: list[Any]
) -> None:
    phone = Phone.of(sora)
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW)
    monkeypatch.setattr(OutputWrapper, "write", lambda *arguments, **options: None)
    call_command("changepassword", sora.email)
    assert phone.get("me").status_code == 401
    run_jobs()
    assert [message.to for message in mailoutbox] == [[sora.email]]


def test_the_form_names_the_length_for_staff(browser: Client) -> None:
    page = browser.get("/admin/password_change/").content.decode()
    assert ("at least 15 characters" in page, "at least 10 characters" in page) == (True, False)
