"""What each action changes, records and undoes."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import TestCase
from django.utils import timezone

from accounts.models import Member
from accounts.models.member import FOR_GOOD
from moderation.actions import Action, available_actions, get_action
from moderation.actions.undo import undo
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, CannotUndo, OptionInvalid, ReasonInvalid, SubjectGone
from moderation.models import Decision, Report
from moderation.reporting import report_member, report_post
from posts.models import Post
from tests.accounts.phone import Phone, code_of
from tests.factories import MemberFactory, PostFactory
from tests.moderation.staff import may_undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(jun: Member, post: Post) -> Report:
    """Jun's report of Mina's post."""
    return report_post(jun, post.pk, reason="spam", text="")[0]


def names(actions: list[Action]) -> list[str]:
    return [action.name for action in actions]


def test_a_removed_post_is_gone_at_once_and_its_report_upheld(hana: Member, post: Post, report: Report) -> None:
    phone = Phone.of(MemberFactory.create())
    assert [found["id"] for found in phone.get("posts").json()["results"]] == [str(post.pk)]
    with TestCase.captureOnCommitCallbacks(execute=True):
        decision = get_action("remove_post").run(post, by=hana, reason="spam", text="Ads.", report=report)
    assert phone.get("posts").json()["results"] == []
    assert phone.get(f"posts/{post.pk}").status_code == 404
    report.refresh_from_db()
    assert (report.state, report.decision_id) == ("upheld", decision.pk)
    assert (decision.actor_id, decision.actor_name, decision.member_id) == (hana.pk, "Hana", post.author_id)
    assert (decision.subject_kind, decision.subject_id, decision.subject_name) == ("post", post.pk, "Look at this.")


def test_the_undo_of_a_removal_shows_the_post_and_reopens_the_report(hana: Member, post: Post, report: Report) -> None:
    decision = get_action("remove_post").run(post, by=hana, reason="spam")
    undoing = undo(decision, by=hana, reason="mistake")
    report.refresh_from_db()
    assert (report.state, report.decided_at, report.decision_id) == ("open", None, None)
    assert len(Phone.of(MemberFactory.create()).get(f"posts/{post.pk}").json()["images"]) == 2
    assert (undoing.action, undoing.undoes_id, undoing.after["reports"]) == ("undo", decision.pk, [str(report.pk)])
    assert not Decision.objects.concerning(post.author).not_undone().exists()


def test_a_decision_is_undone_once(hana: Member, post: Post) -> None:
    decision = get_action("remove_post").run(post, by=hana, reason="spam")
    undoing = undo(decision, by=hana, reason="mistake")
    for each in (decision, undoing):
        assert not may_undo(each, by=hana)
        with pytest.raises(CannotUndo):
            undo(each, by=hana, reason="mistake")


def test_a_removal_is_not_undone_where_the_post_was_restored_since(hana: Member, post: Post) -> None:
    decision = get_action("remove_post").run(post, by=hana, reason="spam")
    get_action("restore_post").run(post, by=hana, reason="no_violation")
    with pytest.raises(CannotUndo):
        undo(decision, by=hana, reason="mistake")


def test_a_post_that_its_author_deleted_is_neither_removed_nor_restored(hana: Member, post: Post) -> None:
    decision = get_action("remove_post").run(post, by=hana, reason="spam")
    gone = Post.objects.get(pk=post.pk)
    post.erase()
    with pytest.raises(SubjectGone):
        get_action("restore_post").run(gone, by=hana, reason="mistake")
    with pytest.raises(SubjectGone):
        undo(decision, by=hana, reason="mistake")


def test_all_reports_of_one_subject_are_decided_together(
    hana: Member, mina: Member, post: Post, report: Report
) -> None:
    other = report_post(MemberFactory.create(), post.pk, reason="hate", text="")[0]
    profile = report_member(MemberFactory.create(), mina.pk, reason="spam", text="")[0]
    decision = get_action("dismiss_report").run(report, by=hana, reason="no_violation")
    assert dict(Report.objects.values_list("pk", "state")) == {
        report.pk: "dismissed", other.pk: "dismissed", profile.pk: "open",
    }  # fmt: skip
    undo(decision, by=hana, reason="mistake")
    assert set(Report.objects.values_list("state", flat=True)) == {"open"}


def test_a_dismissal_is_undone_beside_a_newer_report_of_the_same(hana: Member, jun: Member, report: Report) -> None:
    other = report_post(MemberFactory.create(), report.post_id or 0, reason="spam", text="")[0]
    decision = get_action("dismiss_report").run(report, by=hana, reason="no_violation")
    newer, is_new = report_post(jun, report.post_id or 0, reason="spam", text="")
    undo(decision, by=hana, reason="mistake")
    assert is_new
    assert list(Report.objects.open().order_by("pk")) == sorted([other, newer], key=lambda each: each.pk)


def test_reports_are_taken_over_together_and_given_back(hana: Member, dora: Member, report: Report) -> None:
    other = report_post(MemberFactory.create(), report.post_id or 0, reason="hate", text="")[0]
    decision = get_action("assign_report").run(other, by=hana, reason="triage")
    assert Report.objects.filter(assignee=hana).count() == 2
    with pytest.raises(AlreadyDecided):
        get_action("assign_report").run(report, by=dora, reason="triage")
    undo(decision, by=dora, reason="request")
    assert Report.objects.filter(assignee=None, assigned_at=None).count() == 2


def test_a_suspension_of_days_ends_by_itself_and_all_sessions_at_once(hana: Member, mina: Member) -> None:
    phone = Phone.of(mina)
    with TestCase.captureOnCommitCallbacks(execute=True):
        get_action("suspend_member").run(mina, by=hana, reason="harassment", days=7)
    assert code_of(phone.get("me")) == "session_ended"
    for day, status in ((6.9, 401), (7.1, 201)):
        with time_machine.travel(timezone.now() + timedelta(days=day)):
            assert phone.log_in(mina.email).status_code == status


def test_a_suspension_for_good_does_not_end(yuna: Member, mina: Member) -> None:
    get_action("suspend_member_for_good").run(mina, by=yuna, reason="child_safety")
    mina.refresh_from_db()
    assert mina.is_suspended_for_good
    with time_machine.travel(timezone.now() + timedelta(days=36_500)):
        assert Phone().log_in(mina.email).status_code == 401
    assert Phone.of(MemberFactory.create()).get(f"members/{mina.pk}").status_code == 404


def test_a_longer_suspension_replaces_a_shorter_one_and_its_undo_brings_that_back(yuna: Member, mina: Member) -> None:
    suspend = get_action("suspend_member")
    first = suspend.run(mina, by=yuna, reason="spam", days=7)
    for days in (1, 7):
        with pytest.raises(AlreadyDecided):
            suspend.run(mina, by=yuna, reason="spam", days=days)
    second = get_action("suspend_member_for_good").run(mina, by=yuna, reason="spam")
    with pytest.raises(CannotUndo):
        undo(first, by=yuna, reason="mistake")
    undo(second, by=yuna, reason="mistake")
    mina.refresh_from_db()
    assert str(mina.suspended_until).replace(" ", "T") == first.after["suspended_until"]
    undo(first, by=yuna, reason="mistake")
    assert Phone().log_in(mina.email).status_code == 201


def test_the_undo_of_a_lift_suspends_until_the_same_time(hana: Member, mina: Member) -> None:
    get_action("suspend_member").run(mina, by=hana, reason="spam", days=7)
    mina.refresh_from_db()
    until = mina.suspended_until
    decision = get_action("lift_suspension").run(mina, by=hana, reason="request")
    assert Phone().log_in(mina.email).status_code == 201
    undo(decision, by=hana, reason="mistake")
    mina.refresh_from_db()
    assert mina.suspended_until == until
    assert not mina.sessions.live().exists()


def test_a_warning_changes_nothing_but_is_counted_until_it_is_undone(hana: Member, mina: Member) -> None:
    decision = get_action("warn_member").run(mina, by=hana, reason="spam", text="Please stop.")
    assert Decision.objects.concerning(mina).not_undone().get() == decision
    assert Phone().log_in(mina.email).status_code == 201
    undo(decision, by=hana, reason="mistake")
    assert not Decision.objects.concerning(mina).not_undone().exists()


def test_actions_say_what_they_need(hana: Member, mina: Member, post: Post) -> None:
    remove, suspend = get_action("remove_post"), get_action("suspend_member")
    for reason, text in (("other", " "), ("unspecified", ""), ("no_violation", ""), ("spam", "x" * 2001)):
        with pytest.raises(ReasonInvalid):
            remove.run(post, by=hana, reason=reason, text=text)
    refused: list[dict[str, Any]] = [{}, {"days": 2}, {"days": 1, "hours": 1}]
    for options in refused:
        with pytest.raises(OptionInvalid):
            suspend.run(mina, by=hana, reason="spam", **options)
    assert not Decision.objects.exists()


def test_a_report_of_something_else_is_no_cause(hana: Member, report: Report) -> None:
    other = PostFactory.create()
    for action, subject in (("remove_post", other), ("warn_member", other.author)):
        with pytest.raises(OptionInvalid):
            get_action(action).run(subject, by=hana, reason="spam", report=report)
    report.refresh_from_db()
    assert report.state == "open"


def test_who_upheld_a_report_may_do_more_because_of_it_and_nobody_else(
    hana: Member, dora: Member, mina: Member, post: Post, report: Report
) -> None:
    get_action("remove_post").run(post, by=hana, reason="spam", report=report)
    get_action("suspend_member").run(mina, by=hana, reason="spam", report=report, days=1)
    with pytest.raises(AlreadyDecided):
        get_action("warn_member").run(mina, by=dora, reason="spam", report=report)


def test_actions_are_offered_where_they_change_something(hana: Member, yuna: Member, mina: Member, post: Post) -> None:
    assert names(available_actions(post, by=hana)) == ["remove_post"]
    assert "suspend_member_for_good" not in names(available_actions(mina, by=hana))
    assert "lift_suspension" not in names(available_actions(mina, by=yuna))
    mina.suspend(FOR_GOOD)
    assert {"suspend_member", "suspend_member_for_good"}.isdisjoint(names(available_actions(mina, by=yuna)))
    assert "lift_suspension" in names(available_actions(mina, by=yuna))


def test_a_preview_says_what_will_happen_and_changes_nothing(mina: Member, post: Post, report: Report) -> None:
    sentences = get_action("remove_post").preview(post, report=report)
    assert sentences[0] == "The post and its images are hidden from everybody."
    assert "1 open report is closed, and its reporter gets an e-mail." in sentences
    assert "This has no end." in get_action("suspend_member_for_good").preview(mina)
    assert not Decision.objects.exists()


def test_a_decision_at_the_command_line_has_the_name_of_the_operator(mina: Member) -> None:
    decision = get_action("warn_member").run(mina, by=Actor.operator("deploy"), reason="spam")
    assert (decision.actor_kind, decision.actor_id, decision.actor_name) == ("operator", None, "deploy")
