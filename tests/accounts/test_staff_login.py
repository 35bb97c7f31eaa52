"""What staff see and get when they log in to the admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Member
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def log_in(browser: Client, member: Member, password: str = PASSWORD) -> Any:
    return browser.post("/admin/login/", {"username": member.email, "password": password}, REMOTE_ADDR="203.0.113.9")


def test_a_login_from_a_new_browser_sends_an_email_and_the_next_one_does_not(
    sora: Member, client: Client, run_jobs: Callable[[], None], mailoutbox: list[Any]
) -> None:
    for _ in range(2):
        log_in(client, sora)
        client.cookies.pop("sessionid")
    run_jobs()
    (message,) = mailoutbox
    assert message.to == [sora.email]
    assert "203.0.113.0" in message.body


def test_a_member_who_is_no_staff_gets_no_email_about_a_browser(
    mina: Member, client: Client, run_jobs: Callable[[], None], mailoutbox: list[Any]
) -> None:
    assert log_in(client, mina).status_code == 200
    run_jobs()
    assert mailoutbox == []


def test_a_login_that_has_to_wait_says_so(sora: Member, client: Client, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_PER_NETWORK = 2
    pages = [log_in(client, sora, "wrong").content.decode() for _ in range(3)]
    assert ["Too many wrong passwords" in page for page in pages] == [False, False, True]


def test_the_login_page_leads_to_the_page_for_a_new_password(client: Client, settings: Settings) -> None:
    assert "/admin/password_reset/" in client.get("/admin/login/").content.decode()
    assert client.get("/admin/password_reset/")["Location"] == f"{settings.PUBLIC_URL}/reset-password/"


def test_staff_without_permissions_are_told_what_to_do(mina: Member, client: Client) -> None:
    mina.is_staff = True
    mina.save()
    client.force_login(mina)
    page = client.get("/admin/").content.decode()
    assert "Ask an operator" in page
    assert mina.email in page
