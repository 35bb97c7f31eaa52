"""The page of an undo: it says what exactly is changed back."""

import html
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from moderation.actions import ACTIONS, get_action
from moderation.actions.undo import undo
from moderation.actors import SYSTEM
from moderation.models import Decision, Rules
from moderation.reporting import report_post
from posts.models import Post
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(sora: Member, client: Client) -> Client:
    """The browser of Sora, who may undo everything."""
    client.force_login(sora)
    return client


def preview(browser: Client, decision: Decision, language: str = "en") -> str:
    url = f"/admin/moderation/decision/{decision.pk}/undo/"
    page = browser.get(url, headers={"accept-language": language}).content.decode()
    return html.unescape(page.partition("<h2>")[2].partition("</ul>")[0])


def decide(name: str, subject: Any, by: Member, **options: Any) -> Decision:
    action = get_action(name)
    return action.run(subject, by=by, reason=action.reasons[0], **options)


def test_the_undo_of_a_removal_says_what_is_visible_again(browser: Client, hana: Member, post: Post) -> None:
    removal = decide("remove_post", post, hana)
    assert "The post and its images are visible again, at their place in the feed." in preview(browser, removal)
    assert "게시물과 사진이 피드의 원래 자리에 다시 보입니다." in preview(browser, removal, "ko")
    restoring = decide("restore_post", post, hana)
    assert "The post and its images are hidden from everybody." in preview(browser, restoring)
    comment = decide("remove_comment", CommentFactory.create(), hana)
    assert "The comment is visible again, at its place below the post." in preview(browser, comment)


def test_the_undo_of_a_suspension_names_its_end_and_what_holds_then(
    browser: Client, hana: Member, mina: Member
) -> None:
    first = decide("suspend_member", mina, hana, days=7)
    assert "The suspension until " in preview(browser, first)
    assert "The member can log in again" in preview(browser, first)
    longer = decide("suspend_member", mina, hana, days=30)
    assert "The one from before goes on, until " in preview(browser, longer)
    lifting = decide("lift_suspension", mina, hana)
    assert "The member is suspended again, until " in preview(browser, lifting)


def test_the_undo_of_a_reset_names_what_comes_back(browser: Client, hana: Member, mina: Member) -> None:
    mina.update(about="Cheap watches")
    assert "The nickname becomes “Mina” again." in preview(browser, decide("reset_nickname", mina, hana))
    assert "The text about the member is in the profile again." in preview(browser, decide("reset_about", mina, hana))


def test_the_undo_of_a_dismissal_says_that_a_hidden_post_is_hidden_again(
    browser: Client, hana: Member, jun: Member, post: Post
) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    dismissal = decide("dismiss_report", report, hana)
    assert "The case is open again" in preview(browser, dismissal)
    assert "hidden" not in preview(browser, dismissal)
    undo(dismissal, by=hana, reason="mistake")
    get_action("hide_post").run(post, by=SYSTEM, reason="by_rule")
    report.refresh_from_db()
    assert "are hidden from everybody" in preview(browser, decide("dismiss_report", report, hana))


def test_the_undo_of_rules_and_words_names_them(browser: Client, yuna: Member) -> None:
    rules: Any = {"hides_reported_posts": True, "reporters_to_hide": 3}
    changed = get_action("change_rules").run(Rules.objects.current(), by=yuna, reason="policy", **rules)
    assert "No post is hidden because of the number of reports." in preview(browser, changed)
    word: Any = {"word": "watches", "reaction": "refuse", "violation": "spam", "is_whole": False}
    added = get_action("add_word").run(Rules.objects.current(), by=yuna, reason="policy", **word)
    assert "The word “watches” is on the list no more." in preview(browser, added)


def test_the_undo_of_a_role_names_the_role_from_before(browser: Client, sora: Member, mina: Member) -> None:
    first, second = (decide("set_role", mina, sora, role=role) for role in ("moderator", "auditor"))
    assert "The member has the role “moderator”." in preview(browser, second)
    undo(second, by=sora, reason="mistake")
    assert "The member does not belong to the staff any more" in preview(browser, first)


@pytest.mark.parametrize("name", [name for name, action in ACTIONS.items() if action.has_undo])
def test_every_undo_is_described_by_its_action(name: str) -> None:
    values = {"hides_reported_posts": False, "reporters_to_hide": 5}
    assert all(ACTIONS[name].describe_undo(Decision(action=name, before=values, after=values)))
