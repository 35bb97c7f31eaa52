"""From one case of the admin to the next, and back from every page of a decision."""

import re

import pytest
from django.test import Client

from accounts.models import Member
from moderation.actions import get_action
from moderation.models import Decision, Report
from moderation.reporting import report_member
from tests.moderation.test_admin_queue import MANY, reported

pytestmark = pytest.mark.django_db
NEXT = "/admin/moderation/report/next/"


@pytest.fixture
def browser(hana: Member, client: Client) -> Client:
    """The browser of Hana, a moderator."""
    client.force_login(hana)
    return client


def case(report: Report) -> str:
    return f"/admin/moderation/report/{report.pk}/change/"


def removal(report: Report) -> str:
    return f"/admin/moderation/decision/act/remove_post/{report.post_id}/?report={report.pk}"


def test_a_decided_case_and_the_message_lead_to_the_worst_of_the_others(browser: Client) -> None:
    decided, worse = reported("violence", reporters=3), reported("violence")
    reported("spam")
    page = browser.post(removal(decided), {"reason": "violence"}, follow=True).content.decode()
    links = re.findall(rf'href="({NEXT}[^"]*)"', page)
    assert len(links) == 2
    assert {browser.get(link)["Location"] for link in links} == {case(worse)}


def test_a_case_that_another_moderator_has_taken_over_is_left_out(browser: Client, hana: Member, dora: Member) -> None:
    hers, free, mine = reported("violence", reporters=3), reported("spam"), reported("hate")
    get_action("assign_report").run(hers, by=dora, reason="triage")
    get_action("assign_report").run(mine, by=hana, reason="triage")
    assert browser.get(NEXT)["Location"] == case(mine)
    assert browser.get(f"{NEXT}?after={mine.pk}")["Location"] == case(free)


def test_without_another_case_the_queue_says_so(browser: Client, hana: Member, jun: Member) -> None:
    report_member(jun, hana.pk, reason="spam", text="About Hana.")
    only = reported()
    response = browser.get(f"{NEXT}?after={only.pk}", follow=True)
    assert response.redirect_chain == [("/admin/", 302)]
    assert "No other case waits for you." in response.content.decode()
    assert "About Hana." not in response.content.decode()


@pytest.mark.parametrize("after", ["", "x", "9" * 30, "%00", "7"])
def test_any_query_leads_to_the_first_case(browser: Client, after: str) -> None:
    assert browser.get(f"{NEXT}?after={after}")["Location"] == "/admin/"
    assert browser.get(f"{NEXT}?after={after}&x=1")["Location"] == "/admin/"
    first = reported()
    assert browser.get(f"{NEXT}?after={after}")["Location"] == case(first)


def test_only_who_sees_reports_is_led_to_one(client: Client, mina: Member) -> None:
    mina.update(is_staff=True)
    client.force_login(mina)
    assert client.get(NEXT).status_code == 403


def test_pages_of_decisions_and_undos_lead_back_to_the_case(browser: Client) -> None:
    report = reported()
    author, link = report.subject, f'<a href="{case(report)}">Post: {report.nickname}</a>'
    member = f"{author.pk}/?report={report.pk}"  # type: ignore[union-attr]
    for url in (f"dismiss_report/{report.pk}/", f"warn_member/{member}", f"suspend_member/{member}&days=7"):
        assert link in browser.get(f"/admin/moderation/decision/act/{url}").content.decode()
    browser.post(removal(report), {"reason": "spam"})
    undoing = f"/admin/moderation/decision/{Decision.objects.get().pk}/undo/"
    assert link in browser.get(undoing).content.decode()


def test_after_several_decisions_each_can_be_undone_and_the_next_case_opened(browser: Client) -> None:
    reports, other = [reported(reporters=3), reported(reporters=2)], reported()
    query = "&".join(f"report={report.pk}" for report in reports)
    url = f"{MANY}?action=remove_post&{query}"
    preview = browser.get(url).content.decode()
    for sentence in ("hidden from everybody", "5 open reports are closed", "The member gets an e-mail"):
        assert sentence in preview
    page = browser.post(url, {"reason": "spam"}, follow=True).content.decode()
    for decision in Decision.objects.all():
        assert f"/admin/moderation/decision/{decision.pk}/undo/" in page
    assert browser.get(NEXT)["Location"] == case(other)
    assert NEXT in page
