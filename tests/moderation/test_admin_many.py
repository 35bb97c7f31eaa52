"""Several cases at once: which are left out and why, before and after the decision."""

import html
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from comments.models import Comment
from moderation.actions import get_action
from moderation.models import Decision, Report
from moderation.reporting import report_comment, report_member
from tests.factories import CommentFactory, MemberFactory
from tests.moderation.staff import staff_member
from tests.moderation.test_admin_queue import MANY, reported

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(hana: Member, client: Client) -> Client:
    """The browser of Hana, a moderator."""
    client.force_login(hana)
    return client


def address(action: str, *reports: Report) -> str:
    return f"{MANY}?action={action}&{'&'.join(f'report={report.pk}' for report in reports)}"


def shown(response: Any) -> str:
    return html.unescape(response.content.decode())


def reported_comment() -> Report:
    return report_comment(MemberFactory.create(), CommentFactory.create().pk, reason="spam", text="")[0]


def test_what_is_no_post_is_left_out_of_a_removal_of_posts_with_the_reason(browser: Client, mina: Member) -> None:
    about_post, about_comment = reported(), reported_comment()
    about_member, _ = report_member(MemberFactory.create(), mina.pk, reason="spam", text="")
    url = address("remove_post", about_post, about_comment, about_member)
    page, after = shown(browser.get(url)), shown(browser.post(url, {"reason": "spam"}, follow=True))
    assert f"1 case: {about_post.nickname}</p>" in page
    assert "Remove the post: done for 1 of 3 cases." in after
    for line in (
        f"Comment: {about_comment.nickname}: Choose “Remove the comment” for it.",
        "Member: Mina: This is about a member: decide on the page of the case.",
    ):
        assert line in page
        assert line in after


def test_several_comments_are_removed_at_once(browser: Client) -> None:
    reports, about_post = [reported_comment(), reported_comment()], reported()
    assert "remove_comment" in shown(browser.get("/admin/"))
    url = address("remove_comment", *reports, about_post)
    assert f"Post: {about_post.nickname}: Choose “Remove the post” for it." in shown(browser.get(url))
    assert "done for 2 of 3 cases" in shown(browser.post(url, {"reason": "spam"}, follow=True))
    assert not Comment.objects.filter(removed_at=None).exists()


def test_cases_that_are_decided_already_are_named_before_the_button_is_pressed(browser: Client, dora: Member) -> None:
    decided, deleted, open_case = reported(), reported(), reported()
    get_action("dismiss_report").run(decided, by=dora, reason="no_violation")
    deleted.post.erase()  # type: ignore[union-attr]
    page = shown(browser.get(address("remove_post", decided, deleted, open_case)))
    assert f"Post: {decided.nickname}: This has been decided already. Dora: Dismiss, " in page
    assert f"Post: {deleted.nickname}: This has been deleted meanwhile." in page
    assert f"1 case: {open_case.nickname}</p>" in page


def test_without_a_possible_case_the_queue_says_why(browser: Client, dora: Member) -> None:
    taken, colleague = reported(), staff_member("moderator")
    get_action("assign_report").run(taken, by=dora, reason="triage")
    page = shown(browser.get(address("assign_report", taken), follow=True))
    assert "This cannot be done to any of the chosen cases." in page
    assert "Somebody has taken this report over already." in page
    about_colleague, _ = report_member(MemberFactory.create(), colleague.pk, reason="spam", text="")
    assert "Nobody acts on themselves" in shown(browser.get(address("dismiss_report", about_colleague), follow=True))
    assert Decision.objects.count() == 1


def test_the_languages_of_the_members_stand_beside_the_text(browser: Client) -> None:
    reports = [reported() for _ in range(3)]
    Member.objects.filter(pk=reports[0].subject_id).update(language="ko")
    Member.objects.exclude(pk=reports[0].subject_id).update(language="en")
    page = shown(browser.get(address("remove_post", *reports)))
    assert "Languages of the members: English (2), 한국어 (1)." in page
    assert "Only the staff reads this." in shown(browser.get(address("dismiss_report", *reports)))


def test_the_page_costs_as_much_for_one_case_as_for_ten(browser: Client) -> None:
    reports, costs = [reported() for _ in range(10)], []
    for chosen in (reports[:1], reports):
        for action in ("remove_post", "dismiss_report"):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address(action, *chosen)).status_code == 200
            costs.append(len(queries))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 9
