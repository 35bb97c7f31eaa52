"""Logins of staff in the admin end with their suspension, and when all sessions are ended."""

import pytest
from django.test import Client

from accounts.models import Member
from moderation.actions import get_action
from moderation.models import Decision
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def logged_in(member: Member) -> Client:
    """A browser in which the member has logged in to the admin."""
    browser = Client()
    browser.post("/admin/login/", {"username": member.email, "password": PASSWORD})
    assert is_inside(browser)
    return browser


def is_inside(browser: Client) -> bool:
    return browser.get("/admin/").status_code == 200


def act(browser: Client, name: str, member: Member) -> int:
    url = f"/admin/moderation/decision/act/{name}/{member.pk}/?days=1"
    return browser.post(url, {"reason": "other", "text": "A lost phone."}).status_code


@pytest.mark.parametrize("name", ["end_sessions", "suspend_member"])
def test_all_browsers_of_a_moderator_are_logged_out_and_nobody_elses(yuna: Member, hana: Member, name: str) -> None:
    hers, other = [logged_in(hana), logged_in(hana)], logged_in(yuna)
    assert act(other, name, hana) == 302
    for decision in Decision.objects.filter(action="suspend_member"):
        other.post(f"/admin/moderation/decision/{decision.pk}/undo/", {"reason": "mistake"})
    assert [is_inside(browser) for browser in (*hers, other)] == [False, False, True]
    assert is_inside(logged_in(hana))


def test_who_is_logged_in_nowhere_cannot_be_logged_out(yuna: Member, hana: Member) -> None:
    browser = logged_in(yuna)
    assert not get_action("end_sessions").is_possible(hana)
    assert act(browser, "end_sessions", hana) == 302
    assert not Decision.objects.exists()


def test_staff_who_withdraw_and_return_log_in_to_the_admin_again(hana: Member) -> None:
    browser = logged_in(hana)
    hana.withdraw()
    hana.cancel_withdrawal()
    assert not is_inside(browser)
