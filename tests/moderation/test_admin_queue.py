"""The first page of moderators: the open cases, and decisions about several of them at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member
from media.models import Image
from moderation.models import Decision, Report
from moderation.reporting import report_post
from posts.models import Post
from tests.factories import MemberFactory, PostFactory

pytestmark = pytest.mark.django_db
MANY = "/admin/moderation/report/many/"


@pytest.fixture
def browser(hana: Member, client: Client) -> Client:
    """The browser of Hana, a moderator."""
    client.force_login(hana)
    return client


def reported(reason: str = "spam", *, hours: int = 1, reporters: int = 1, **fields: Any) -> Report:
    """A post that members reported hours ago."""
    post = PostFactory.create(**fields)
    reports = [
        report_post(member, post.pk, reason=reason, text="")[0] for member in MemberFactory.create_batch(reporters)
    ]
    Report.objects.filter(post=post).update(created_at=timezone.now() - timedelta(hours=hours))
    return reports[0]


def test_the_most_urgent_case_comes_first_and_reports_of_one_post_are_one_case(browser: Client) -> None:
    reported(text="An advertisement")
    reported("violence", hours=20, reporters=3, text="A threat")
    reported("child_safety", text="A child")
    page = browser.get("/admin/").content.decode()
    places = [page.index(text) for text in ("A child", "A threat", "An advertisement")]
    assert places == sorted(places)
    assert page.count("A threat") == 1
    assert "Violence or threats &times; 3" in page
    assert "3 reporters" in page


def test_what_waits_for_more_than_a_day_is_marked(browser: Client) -> None:
    reported(hours=23)
    assert "overdue" not in browser.get("/admin/").content.decode()
    reported(hours=25)
    assert "(overdue)" in browser.get("/admin/").content.decode()


def test_a_moderator_takes_a_case_over_and_finds_it_among_their_own(browser: Client, hana: Member) -> None:
    mine, other = reported(text="Mine to decide"), reported(text="For somebody else")
    browser.post(f"/admin/moderation/decision/act/assign_report/{mine.pk}/", {"reason": "triage"})
    page = browser.get("/admin/?mine=1").content.decode()
    assert "Mine to decide" in page
    assert other.subject_text not in page
    assert "taken over by Hana" in browser.get("/admin/").content.decode()


def test_an_empty_queue_says_so(browser: Client) -> None:
    assert "Nothing is open" in browser.get("/admin/").content.decode()


def many(browser: Client, action: str, reports: list[Report], **data: str) -> Any:
    query = "&".join(f"report={report.pk}" for report in reports)
    return browser.post(f"{MANY}?action={action}&{query}", data, follow=True)


def test_several_cases_are_dismissed_at_once_each_by_a_decision(browser: Client) -> None:
    reports = [reported(), reported(), reported()]
    page = many(browser, "dismiss_report", reports[:2], reason="no_violation").content.decode()
    assert "Dismiss: done for 2 of 2 cases." in page
    assert Decision.objects.count() == 2
    assert [report.state for report in Report.objects.order_by("pk")] == ["dismissed", "dismissed", "open"]


def test_several_posts_are_removed_at_once_and_what_is_done_already_is_named(browser: Client, dora: Member) -> None:
    reports = [reported(), reported()]
    reports[0].post.remove()  # type: ignore[union-attr]
    page = many(browser, "remove_post", reports, reason="spam").content.decode()
    assert "Remove the post: done for 1 of 2 cases." in page
    assert f"Post: {reports[0].nickname}: This has been decided already." in page
    assert Post.objects.filter(removed_at=None).count() == 0


def test_more_than_ten_at_once_is_for_senior_moderators(browser: Client, yuna: Member) -> None:
    reports = [reported() for _ in range(11)]
    page = many(browser, "dismiss_report", reports, reason="no_violation").content.decode()
    assert "Only a senior moderator" in page
    assert not Decision.objects.exists()
    browser.force_login(yuna)
    many(browser, "dismiss_report", reports, reason="no_violation")
    assert Decision.objects.count() == 11


@pytest.mark.parametrize("query", ["", "?action=set_role&report=1", "?action=nonsense", "?action=undo"])
def test_no_other_action_is_done_to_several_at_once(browser: Client, query: str) -> None:
    assert browser.get(MANY + query).status_code == 404


@pytest.mark.parametrize("report", ["", "x", "0", "9" * 30, "%00", "7"])
def test_without_a_case_nothing_is_decided(browser: Client, report: str) -> None:
    page = browser.get(f"{MANY}?action=dismiss_report&report={report}", follow=True).content.decode()
    assert "Choose the cases first." in page


def test_an_auditor_sees_the_queue_and_can_decide_nothing(auditor: Member, client: Client) -> None:
    report = reported(text="An advertisement")
    client.force_login(auditor)
    page = client.get("/admin/").content.decode()
    assert "An advertisement" in page
    assert "bulk-action" not in page
    assert client.get(f"{MANY}?action=dismiss_report&report={report.pk}").status_code == 403


def test_the_queue_costs_as_much_for_one_case_as_for_fifty(
    browser: Client, mina: Member, store_image: Callable[..., Image]
) -> None:
    costs = []
    for number in (1, 49):
        for _ in range(number):
            post = Post.objects.publish(author=mina, text="", image_ids=[store_image(mina).pk])
            report_post(MemberFactory.create(), post.pk, reason="spam", text="")
        with CaptureQueriesContext(connection) as queries:
            page = browser.get("/admin/").content.decode()
        costs.append(len(queries))
    assert page.count("1 reporter") == 50
    assert costs[0] == costs[1] <= 9
