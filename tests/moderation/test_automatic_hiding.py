"""A post that many trusted members report is hidden until a moderator has looked at it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from accounts.models import Member
from moderation.actions import available_actions, get_action
from moderation.actions.undo import undo
from moderation.errors import AlreadyDecided, NotPermitted, OptionInvalid
from moderation.models import Decision, Report, Rules
from moderation.reporting import report_post
from posts.models import Post
from tests.accounts.phone import Phone
from tests.factories import MemberFactory, PostFactory

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]


@pytest.fixture(autouse=True)
def _hides_after_three(yuna: Member) -> None:
    """The rule is on, for three reporters."""
    options: dict[str, Any] = {"hides_reported_posts": True, "reporters_to_hide": 3}
    get_action("change_rules").run(Rules.objects.current(), by=yuna, reason="policy", **options)


def test_who_dismisses_reads_that_the_post_is_visible_and_the_author_is_told(
    hana: Member, post: Post, client: Client
) -> None:
    report(post, [reporter() for _ in range(3)])
    client.force_login(hana)
    url = f"/admin/moderation/decision/act/dismiss_report/{Report.objects.open()[0].pk}/"
    for page in (
        client.get(url),
        client.get(f"/admin/moderation/report/many/?action=dismiss_report&report={url.split('/')[-2]}"),
    ):
        shown = page.content.decode()
        assert "which a rule has hidden, is visible again" in shown
        assert "The member reads this in the e-mail about the decision." in shown
        assert "Nothing is changed for the reported member" not in shown


def reporter(days: int = 30) -> Member:
    return MemberFactory.create(created_at=timezone.now() - timedelta(days=days))


def report(post: Post, reporters: list[Member]) -> None:
    for each in reporters:
        report_post(each, post.pk, reason="nudity", text="")


def is_visible(post: Post) -> bool:
    return bool(Phone.of(MemberFactory.create()).get(f"posts/{post.pk}").status_code == 200)


def test_the_third_trusted_reporter_hides_the_post(
    post: Post, mina: Member, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    report(post, [reporter(), reporter()])
    assert is_visible(post)
    report(post, [reporter()])
    assert not is_visible(post)
    decision = Decision.objects.get(action="hide_post")
    assert (decision.actor_kind, decision.actor_id, decision.reason) == ("system", None, "by_rule")
    assert Report.objects.open().count() == 3
    run_jobs()
    assert [message.to for message in mailoutbox] == [[mina.email]]
    assert "hidden until a moderator has looked at it" in mailoutbox[0].body


def test_new_muted_and_wrong_reporters_hide_nothing(hana: Member, post: Post) -> None:
    muted, wrong = reporter(), reporter()
    get_action("mute_reporter").run(muted, by=hana, reason="abusive_reports")
    other, _ = report_post(wrong, PostFactory.create().pk, reason="spam", text="")
    get_action("dismiss_report").run(other, by=hana, reason="abusive_reports")
    report(post, [reporter(), reporter(), reporter(days=2), muted, wrong])
    assert is_visible(post)
    report(post, [reporter()])
    assert not is_visible(post)


def test_dismissing_the_reports_shows_the_post_and_its_undo_hides_it_again(
    hana: Member, post: Post, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    report(post, [reporter() for _ in range(3)])
    dismissal = get_action("dismiss_report").run(Report.objects.all()[0], by=hana, reason="no_violation")
    assert is_visible(post)
    run_jobs()
    assert any("Your post is visible again." in message.body for message in mailoutbox)
    undo(dismissal, by=hana, reason="mistake")
    assert not is_visible(post)
    assert Report.objects.open().count() == 3


def test_removing_a_hidden_post_makes_it_final_and_its_undo_shows_it(hana: Member, post: Post) -> None:
    report(post, [reporter() for _ in range(3)])
    hidden = Post.objects.get(pk=post.pk)
    assert {action.name for action in available_actions(hidden, by=hana)} == {"remove_post", "restore_post"}
    removal = get_action("remove_post").run(post, by=hana, reason="nudity")
    assert set(Report.objects.values_list("state", flat=True)) == {"upheld"}
    with pytest.raises(AlreadyDecided):
        get_action("remove_post").run(post, by=hana, reason="nudity")
    undo(removal, by=hana, reason="mistake")
    assert is_visible(post)


def test_no_person_hides_a_post_in_the_name_of_the_rule(sora: Member, post: Post) -> None:
    with pytest.raises(NotPermitted):
        get_action("hide_post").run(post, by=sora, reason="by_rule")


def test_the_rule_is_changed_by_a_decision_with_an_undo(hana: Member, yuna: Member, post: Post) -> None:
    off: dict[str, Any] = {"hides_reported_posts": False, "reporters_to_hide": 3}
    with pytest.raises(NotPermitted):
        get_action("change_rules").run(Rules.objects.current(), by=hana, reason="policy", **off)
    for number in (1, 101, "3"):
        with pytest.raises(OptionInvalid):
            get_action("change_rules").run(
                Rules.objects.current(), by=yuna, reason="policy", **off | {"reporters_to_hide": number}
            )
    decision = get_action("change_rules").run(Rules.objects.current(), by=yuna, reason="policy", **off)
    report(post, [reporter() for _ in range(3)])
    assert is_visible(post)
    undo(decision, by=yuna, reason="mistake")
    report(post, [reporter()])
    assert not is_visible(post)
