"""Muting reporters in the admin: offered beside who reports, shown while it lasts, and ended there."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from moderation.actions import get_action
from moderation.models import Decision, Report
from moderation.reporting import report_post
from posts.models import Post

pytestmark = pytest.mark.django_db
MUTE = "/admin/moderation/decision/act/mute_reporter/"


@pytest.fixture
def browser(hana: Member, client: Client) -> Client:
    """The browser of Hana, a moderator."""
    client.force_login(hana)
    return client


@pytest.fixture
def report(jun: Member, post: Post) -> Report:
    """Jun's report of Mina's post."""
    return report_post(jun, post.pk, reason="hate", text="")[0]


def read(browser: Client, name: str, pk: int) -> str:
    return browser.get(reverse(f"admin:{name}_change", args=[pk])).content.decode()


def test_a_case_offers_to_mute_the_reporter_and_not_the_reported_member(
    browser: Client, report: Report, mina: Member, jun: Member
) -> None:
    page = read(browser, "moderation_report", report.pk)
    assert (f"{MUTE}{jun.pk}/" in page, f"{MUTE}{mina.pk}/" in page) == (True, False)


def test_a_muted_member_is_shown_as_muted_and_can_be_unmuted(browser: Client, report: Report, jun: Member) -> None:
    assert "muted as a reporter" not in read(browser, "accounts_member", jun.pk)
    browser.post(f"{MUTE}{jun.pk}/", {"reason": "abusive_reports"})
    undo = reverse("admin:moderation_decision_undo", args=[Decision.objects.get().pk])
    for page in (read(browser, "accounts_member", jun.pk), read(browser, "moderation_report", report.pk)):
        assert "muted as a reporter" in page
        assert f"{MUTE}{jun.pk}/" not in page
    assert f'<a class="button secondary" href="{undo}">' in read(browser, "accounts_member", jun.pk)
    browser.post(undo, {"reason": "mistake"})
    assert f"{MUTE}{jun.pk}/" in read(browser, "accounts_member", jun.pk)


def test_a_second_click_names_only_the_decision_that_is_the_cause(browser: Client, yuna: Member, jun: Member) -> None:
    get_action("mute_reporter").run(jun, by=yuna, reason="abusive_reports")
    get_action("warn_member").run(jun, by=yuna, reason="spam")
    page = browser.get(f"{MUTE}{jun.pk}/", follow=True)
    (message,) = page.context["messages"]
    assert "Yuna: Mute" in str(message)
    assert "Warn" not in str(message)


def test_an_undo_is_offered_only_to_whom_ranks_allow_it(
    browser: Client, hana: Member, yuna: Member, mina: Member, report: Report
) -> None:
    for by, is_offered in ((yuna, False), (hana, True)):
        decision = get_action("warn_member").run(mina, by=by, reason="spam")
        undo = reverse("admin:moderation_decision_undo", args=[decision.pk])
        pages = [
            read(browser, "accounts_member", mina.pk),
            read(browser, "moderation_report", report.pk),
            read(browser, "moderation_decision", decision.pk),
        ]
        assert [undo in page for page in pages] == [is_offered] * 3
