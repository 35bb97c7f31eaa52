"""A page that was loaded before somebody else decided: who did what is told, and nothing is done twice."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.models import Decision, Report
from tests.moderation.test_admin_queue import MANY, reported

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(hana: Member, client: Client) -> Client:
    """The browser of Hana, a moderator."""
    client.force_login(hana)
    return client


@pytest.fixture
def report() -> Report:
    """A report of spam."""
    return reported()


def act(name: str, subject: Any, report: Report, query: str = "") -> str:
    return f"/admin/moderation/decision/act/{name}/{subject.pk}/?report={report.pk}{query}"


def seen(browser: Client, url: str) -> str:
    """How many decisions the form of this page has seen."""
    (number,) = re.findall(r'name="seen" value="(\d+)"', browser.get(url).content.decode())
    return str(number)


def test_a_warning_after_anothers_warning_is_asked_about_again(browser: Client, dora: Member, report: Report) -> None:
    warn, url = get_action("warn_member"), act("warn_member", report.subject, report)
    form = {"reason": "spam", "seen": seen(browser, url)}
    warn.run(report.subject, by=dora, reason="hate")
    page = browser.post(url, form).content.decode()
    assert "Something was decided meanwhile" in page
    assert "Dora: Warn, " in page
    assert Decision.objects.count() == 1
    form["seen"] = "1"
    assert 'name="seen" value="1"' in page
    assert browser.post(url, form).status_code == 302
    assert Decision.objects.count() == 2


def test_a_form_that_is_sent_twice_is_done_once(browser: Client, report: Report) -> None:
    url = act("warn_member", report.subject, report)
    form = {"reason": "spam", "seen": seen(browser, url)}
    assert [browser.post(url, form).status_code for _ in range(2)] == [302, 200]
    assert Decision.objects.count() == 1


def test_another_decision_of_ones_own_stops_nothing(browser: Client, report: Report) -> None:
    removal, warning = act("remove_post", report.post, report), act("warn_member", report.subject, report)
    number = seen(browser, warning)
    browser.post(removal, {"reason": "spam", "seen": seen(browser, removal)})
    browser.post(warning, {"reason": "spam", "seen": number})
    assert set(Decision.objects.values_list("action", flat=True)) == {"remove_post", "warn_member"}


def test_who_was_first_is_told_with_what_they_did(browser: Client, dora: Member, report: Report) -> None:
    url = act("remove_post", report.post, report)
    form = {"reason": "spam", "seen": seen(browser, url)}
    get_action("remove_post").run(report.post, by=dora, reason="hate", report=report)
    for response in (browser.post(url, form, follow=True), browser.get(url, follow=True)):
        page = response.content.decode()
        assert "This is not possible any more. Dora: Remove the post, " in page
    assert Decision.objects.count() == 1


def test_a_case_that_another_takes_over_meanwhile_is_not_decided(browser: Client, dora: Member, report: Report) -> None:
    url = act("dismiss_report", report, report)
    form = {"reason": "no_violation", "seen": seen(browser, url)}
    get_action("assign_report").run(report, by=dora, reason="triage")
    assert "Dora: Assign to me, " in browser.post(url, form).content.decode()
    report.refresh_from_db()
    assert report.state == "open"


def test_who_has_undone_a_decision_already_is_told(browser: Client, dora: Member, report: Report) -> None:
    decision = get_action("remove_post").run(report.post, by=dora, reason="hate")
    undo(decision, by=dora, reason="mistake")
    url = f"/admin/moderation/decision/{decision.pk}/undo/"
    for response in (browser.get(url, follow=True), browser.post(url, {"reason": "mistake"}, follow=True)):
        assert "undone already, or something has changed since. Dora: Undo, " in response.content.decode()
    assert Decision.objects.count() == 2


def test_of_several_cases_those_that_another_decided_are_named(browser: Client, dora: Member, report: Report) -> None:
    other = reported()
    get_action("remove_post").run(report.post, by=dora, reason="hate")
    url = f"{MANY}?action=dismiss_report&report={report.pk}&report={other.pk}"
    page = browser.post(url, {"reason": "no_violation"}, follow=True).content.decode()
    assert "Dismiss: done for 1 of 2 cases." in page
    assert f"Post: {report.nickname}: This has been decided already. Dora: Remove the post, " in page


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40, "\x00"])
def test_a_form_that_tells_no_number_is_answered(browser: Client, report: Report, number: str) -> None:
    url = act("warn_member", report.subject, report)
    assert browser.post(url, {"reason": "spam", "seen": number}).status_code == 302
