"""The page of a decision: everything in words, in both languages; and what counts as a strike."""

import html
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from libs.commands.operators import OperatorAction
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.actors import SYSTEM, Actor
from moderation.admin.history import DECISIONS_SHOWN
from moderation.admin.recorded_values import LABELS, NAMED_BY_LABEL
from moderation.appeals import appeal
from moderation.models import Decision, ListedWord, Report, Rules
from moderation.reporting import report_post
from operations.decisions import store_decision
from posts.models import Post
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(yuna: Member, client: Client) -> Client:
    """The browser of Yuna, a senior moderator."""
    client.force_login(yuna)
    return client


def page(browser: Client, decision: Decision, language: str = "en") -> str:
    url = f"/admin/moderation/decision/{decision.pk}/change/"
    return browser.get(url, headers={"accept-language": language}).content.decode()


def test_values_before_and_after_are_in_words_of_both_languages(browser: Client, yuna: Member, mina: Member) -> None:
    suspension = get_action("suspend_member_for_good").run(mina, by=yuna, reason="spam")
    english, korean = page(browser, suspension), page(browser, suspension, "ko")
    assert "<dt>suspended until</dt><dd>- &rarr; without an end</dd>" in english
    assert "<dt>정지 기한</dt><dd>- &rarr; 무기한</dd>" in korean
    assert f'/admin/accounts/member/{mina.pk}/change/">Mina</a>' in english
    for raw in ("suspended_until", "9999", "True", "None"):
        assert raw not in english + korean


def test_a_decision_that_undoes_another_names_it(browser: Client, yuna: Member, post: Post) -> None:
    removal = get_action("remove_post").run(post, by=yuna, reason="spam")
    shown = page(browser, undo(removal, by=yuna, reason="mistake"))
    assert f'/decision/{removal.pk}/change/">Remove the post, ' in shown
    assert "<dt>post removed</dt><dd>yes &rarr; no</dd>" in shown


def test_a_command_of_operators_is_shown_as_one(browser: Client, mina: Member) -> None:
    store_decision(OperatorAction("root", "member reset-password", "Mina", {"member_id": mina.pk}))
    shown = page(browser, Decision.objects.get())
    assert "Command on the server: member reset password" in shown
    assert "The work of operators" in shown


def test_a_command_in_the_name_of_a_moderator_is_shown_as_one(browser: Client, yuna: Member, mina: Member) -> None:
    warn = get_action("warn_member")
    decision = warn.run(mina, by=Actor.operator(yuna.nickname), reason="spam")
    undo(decision, by=Actor.operator(yuna.nickname), reason="mistake")
    for language, name in (("en", "Yuna (command)"), ("ko", "Yuna(서버 명령)")):
        assert page(browser, decision, language).count(name) == 2
        for url in ("/admin/moderation/decision/", f"/admin/accounts/member/{mina.pk}/change/"):
            assert browser.get(url, headers={"accept-language": language}).content.decode().count(name) == 2
    assert "Yuna (command)" not in page(browser, warn.run(mina, by=yuna, reason="spam"))


def test_a_report_without_a_name_is_numbered_in_both_languages(
    browser: Client, yuna: Member, jun: Member, post: Post
) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    taking = f"/admin/moderation/decision/act/assign_report/{report.pk}/"
    assert "Mina: Look at this." in browser.get(taking).content.decode()
    decision = get_action("assign_report").run(report, by=yuna, reason="triage")
    pages = [
        "/admin/moderation/decision/",
        *(f"/admin/moderation/decision/{decision.pk}/{at}/" for at in ("change", "undo")),
    ]
    for url in pages:
        shown = [browser.get(url, headers={"accept-language": language}).content.decode() for language in ("en", "ko")]
        assert [f"report {report.pk}" in each for each in shown] == [True, False], url
        assert f"신고 {report.pk}번" in shown[1]


def decide_everything(mina: Member, post: Post, report: Report) -> None:
    """Every kind of decision that has values of its own."""
    boss = Actor.operator("root")
    run: Any = lambda name, subject, **options: get_action(name).run(subject, by=boss, **options)  # noqa: E731
    undo(run("dismiss_report", report, reason="no_violation"), by=boss, reason="mistake")
    undo(run("remove_post", post, reason="spam"), by=boss, reason="mistake")
    for name in ("reset_nickname", "reset_about", "warn_member"):
        run(name, mina, reason="spam")
    suspension = run("suspend_member", mina, reason="spam", days=7)
    run("lift_suspension", mina, reason="mistake")
    run("mute_reporter", mina, reason="abusive_reports")
    run("set_role", mina, reason="staffing", role="auditor")
    appealed = appeal(mina, suspension.pk, "Why?")
    get_action("deny_appeal").run(appealed, by=Actor.operator("another"), reason="decision_stands")
    word = {"word": "watches", "reaction": "refuse", "violation": "spam", "is_whole": False}
    run("add_word", Rules.objects.current(), reason="policy", **word)
    run("remove_word", ListedWord.objects.get(), reason="policy")
    run("change_rules", Rules.objects.current(), reason="policy", hides_reported_posts=True, reporters_to_hide=3)


def test_every_recorded_value_has_a_name(browser: Client, mina: Member, jun: Member, post: Post) -> None:
    mina.update(about="Cheap watches")
    decide_everything(mina, post, report_post(jun, post.pk, reason="spam", text="")[0])
    decisions = list(Decision.objects.all())
    names = {key for decision in decisions for key in {**decision.before, **decision.after}}
    assert names <= {*LABELS, *NAMED_BY_LABEL}
    for decision in decisions:
        shown = page(browser, decision)
        assert "Command on the server" not in shown
        assert not any(f"<dt>{name}</dt>" in shown for name in names if "_" in name)


def strikes(browser: Client, mina: Member) -> str:
    shown = browser.get(f"/admin/accounts/member/{mina.pk}/change/").content.decode()
    return shown.partition("<dt>strikes</dt><dd>")[2].partition("</dd>")[0]


def test_strikes_are_counted_beyond_the_decisions_that_are_shown(browser: Client, yuna: Member, mina: Member) -> None:
    warn = get_action("warn_member")
    warnings = [warn.run(mina, by=yuna, reason="spam") for _ in range(DECISIONS_SHOWN + 5)]
    undo(warnings[0], by=yuna, reason="mistake")
    assert f">{DECISIONS_SHOWN + 4}<" in strikes(browser, mina)


def test_a_post_that_a_rule_has_hidden_is_a_strike_once_it_is_removed(
    browser: Client, yuna: Member, mina: Member
) -> None:
    hidden, deleted = PostFactory.create(author=mina), PostFactory.create(author=mina)
    get_action("hide_post").run(hidden, by=SYSTEM, reason="by_rule")
    deleted.erase()
    assert strikes(browser, mina) == "0"
    get_action("remove_post").run(hidden, by=yuna, reason="spam")
    assert ">1<" in strikes(browser, mina)


def test_a_case_counts_strikes_as_the_page_of_the_member_does(
    browser: Client, yuna: Member, jun: Member, mina: Member, post: Post
) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    get_action("warn_member").run(mina, by=yuna, reason="spam")
    shown = browser.get(f"/admin/moderation/report/{report.pk}/change/").content.decode()
    assert '<dt>strikes</dt><dd><span class="badge danger">1</span></dd>' in shown


@pytest.mark.parametrize("is_removed", [True, False])
def test_gone_is_a_reason_only_for_what_is_gone(browser: Client, jun: Member, post: Post, is_removed: bool) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    if is_removed:
        post.remove()
    url = f"/admin/moderation/decision/act/uphold_report/{report.pk}/"
    page = browser.get(url).content.decode()
    assert [words in page for words in ('value="gone"', "What was reported stays visible.")] == [
        is_removed,
        not is_removed,
    ]
    assert browser.post(url, {"reason": "gone"}).status_code == (302 if is_removed else 200)
    report.refresh_from_db()
    assert report.state == ("upheld" if is_removed else "open")


def test_the_message_says_what_happened_and_how_to_undo_it(browser: Client, jun: Member, post: Post) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    url = f"/admin/moderation/decision/act/remove_post/{post.pk}/?report={report.pk}"
    expected = (browser.get(url).context_data or {})["preview"]
    page = browser.post(url, {"reason": "spam"}, follow=True).content.decode()
    assert all(str(sentence) in html.unescape(page) for sentence in expected)
    assert f"/admin/moderation/decision/{Decision.objects.get().pk}/undo/" in page
