"""E-mails about decisions: to the member concerned and to reporters, in their languages, without moderators' names."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils.formats import date_format

from accounts.models import Member
from moderation.actions import ACTIONS, get_action
from moderation.actions.undo import undo
from moderation.reporting import report_post
from posts.models import Post

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]
Outbox = list[EmailMultiAlternatives]


def whole(message: EmailMultiAlternatives) -> str:
    html, _ = message.alternatives[0]
    return f"{message.subject}\n{message.body}\n{html!s}"


def test_the_author_of_a_removed_post_gets_the_reasons_without_a_name(
    hana: Member, mina: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    decision = get_action("remove_post").run(post, by=hana, reason="spam", text="Advertising, twice.")
    run_jobs()
    (message,) = mailoutbox
    assert message.to == [mina.email]
    for words in ("We have removed your post.", "Look at this.", "Spam or advertising", "Advertising, twice."):
        assert whole(message).count(words) == 2
    assert str(decision.pk) in message.body
    assert "Hana" not in whole(message)


def test_emails_about_decisions_are_in_the_language_of_their_reader(
    hana: Member, mina: Member, jun: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    report_post(jun, post.pk, reason="spam", text="")
    for member in (mina, jun):
        member.set_language("ko")
    get_action("remove_post").run(post, by=hana, reason="spam")
    run_jobs()
    to_author, to_reporter = sorted(mailoutbox, key=lambda message: message.to, reverse=True)
    assert "게시물을 삭제했습니다" in to_author.body
    assert "스팸" in to_author.body
    assert "신고" in str(to_reporter.subject)


def test_reporters_get_the_outcome_and_not_what_was_done(
    hana: Member, jun: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    get_action("dismiss_report").run(report, by=hana, reason="no_violation", text="A joke among friends.")
    run_jobs()
    (message,) = mailoutbox
    assert message.to == [jun.email]
    assert "nothing in it that breaks our rules" in message.body
    assert str(report.pk) in message.body
    assert not any(words in whole(message) for words in ("Hana", "A joke", "Mina"))


def test_an_undone_outcome_is_not_sent(
    hana: Member, jun: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    undo(get_action("dismiss_report").run(report, by=hana, reason="no_violation"), by=hana, reason="mistake")
    run_jobs()
    assert mailoutbox == []


def test_the_undo_of_a_removal_is_told_to_the_author(
    hana: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    decision = get_action("remove_post").run(post, by=hana, reason="spam")
    undo(decision, by=hana, reason="mistake", text="It was no advertisement.")
    run_jobs()
    message = mailoutbox[-1]
    for words in ("taken back", str(decision.pk), "Your post is visible again", "It was no advertisement."):
        assert words in message.body
    assert "Hana" not in whole(message)


def test_a_reporter_who_is_answered_again_reads_that_it_replaces_the_earlier_answer(
    hana: Member, jun: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    decision = get_action("dismiss_report").run(report, by=hana, reason="no_violation")
    run_jobs()
    undo(decision, by=hana, reason="mistake")
    get_action("remove_post").run(post, by=hana, reason="spam")
    run_jobs()
    first, second = (whole(message) for message in mailoutbox if message.to == [jun.email])
    assert [text.count("again. This answer replaces our earlier one.") for text in (first, second)] == [0, 2]


@pytest.mark.parametrize(("name", "options"), [("warn_member", {}), ("suspend_member", {"days": 1})])
def test_a_warning_and_a_suspension_quote_the_reported_post(
    hana: Member, mina: Member, jun: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox, name: str, options: Any
) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    decision = get_action(name).run(mina, by=hana, reason="spam", report=report, **options)
    undo(decision, by=hana, reason="mistake")
    run_jobs()
    texts = [whole(message) for message in mailoutbox if message.to == [mina.email]]
    assert [text.count("Look at this.") for text in texts] == [2, 2]


def test_the_email_about_a_nickname_names_the_new_one(
    hana: Member, mina: Member, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    get_action("reset_nickname").run(mina, by=hana, reason="hate")
    run_jobs()
    mina.refresh_from_db()
    assert f"Your nickname is “{mina.nickname}” now." in mailoutbox[0].body


def test_a_suspended_member_reads_until_when(hana: Member, mina: Member, run_jobs: RunJobs, mailoutbox: Outbox) -> None:
    get_action("suspend_member").run(mina, by=hana, reason="harassment", days=30)
    run_jobs()
    mina.refresh_from_db()
    until = mina.suspended_until.astimezone(ZoneInfo("Asia/Seoul"))  # type: ignore[union-attr]
    assert f"until {date_format(until, 'N j, Y, P')} KST." in mailoutbox[0].body


def test_a_korean_reads_a_time_in_the_order_of_the_language(
    hana: Member, mina: Member, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    mina.set_language("ko")
    with time_machine.travel(datetime(2026, 11, 29, 6, 5, tzinfo=UTC), tick=False):
        get_action("suspend_member").run(mina, by=hana, reason="harassment", days=1)
    run_jobs()
    assert "2026년 11월 30일 오후 3:05 KST까지" in mailoutbox[0].body


def test_another_reason_is_told_by_the_moderators_own_words_only(
    hana: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    decision = get_action("remove_post").run(post, by=hana, reason="other", text="It shows a neighbour's door.")
    undo(decision, by=hana, reason="other", text="It is your own door.")
    run_jobs()
    for message, text in zip(mailoutbox, ("It shows a neighbour's door.", "It is your own door."), strict=True):
        assert f"Reason: {text}" in message.body
        assert "Another reason" not in whole(message)


@pytest.mark.parametrize("name", [name for name, action in ACTIONS.items() if action.notifies_member])
def test_every_action_that_concerns_a_member_says_what_it_means(name: str, mina: Member, post: Post) -> None:
    action = get_action(name)
    options = {option: next(iter(values)) for option, values in action.options.items()}
    sentences = action.preview(post if action.subject_kind == "post" else mina, **options)
    assert len(sentences) > 1
    assert all(sentence.endswith(".") for sentence in sentences)
