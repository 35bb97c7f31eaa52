"""Suspensions in the admin: which are offered, what the buttons say, and in which time zone they end."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from moderation.actions import get_action
from moderation.ranks import OPERATOR
from tests.moderation.staff import staff_member

pytestmark = pytest.mark.django_db
BUTTONS = ("Suspend for 1 day", "Suspend for 7 days", "Suspend for 30 days")


@pytest.fixture
def browser(hana: Member, client: Client) -> Client:
    """The browser of Hana, a moderator."""
    client.force_login(hana)
    return client


def page_of(member: Member) -> str:
    return f"/admin/accounts/member/{member.pk}/change/"


def act(member: Member, days: int) -> str:
    return f"/admin/moderation/decision/act/suspend_member/{member.pk}/?days={days}"


def offered(browser: Client, member: Member, buttons: tuple[str, ...] = BUTTONS) -> list[str]:
    page = browser.get(page_of(member)).content.decode()
    return [button for button in buttons if f">{button}</a>" in page]


def test_a_shorter_suspension_than_the_present_one_is_not_offered(browser: Client, hana: Member, mina: Member) -> None:
    assert offered(browser, mina) == [*BUTTONS]
    get_action("suspend_member").run(mina, by=hana, reason="spam", days=7)
    assert offered(browser, mina) == ["Suspend for 30 days"]
    page = browser.get(act(mina, 1), follow=True).content.decode()
    assert "This is not possible any more. Hana: Suspend for 7 days, " in page


def test_the_buttons_are_korean_for_a_korean_browser(browser: Client, mina: Member) -> None:
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ko"
    korean = ("1일 정지", "7일 정지", "30일 정지")
    assert offered(browser, mina, korean) == [*korean]
    assert "<h1>7일 정지</h1>" in browser.get(act(mina, 7)).content.decode()


def test_a_moderator_reads_the_end_in_their_own_time_zone_with_its_name(browser: Client, mina: Member) -> None:
    with time_machine.travel(datetime(2026, 11, 29, 20, 30, tzinfo=UTC), tick=False):
        browser.force_login(staff_member("moderator"))
        page = browser.get(act(mina, 1)).content.decode()
        assert "This ends by itself on Dec. 1, 2026, 5:30 a.m. KST." in page
        browser.post("/admin/time-zone/", {"time_zone": "UTC"})
        assert "on Nov. 30, 2026, 8:30 p.m. UTC." in browser.get(act(mina, 1)).content.decode()
        browser.post(act(mina, 1), {"reason": "spam"})
        assert "suspended until Nov. 30, 2026, 8:30 p.m. UTC" in browser.get(page_of(mina)).content.decode()


def test_a_role_that_the_actor_cannot_give_is_not_offered(client: Client, mina: Member) -> None:
    client.force_login(staff_member(OPERATOR))
    assert offered(client, mina, ("Set the role: moderator", "Set the role: operator")) == ["Set the role: moderator"]
