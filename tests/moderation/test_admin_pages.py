"""The pages of the moderators' admin: what they show, whom they let do what, and what they cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from media.models import Image
from moderation.actions import available_actions, get_action
from moderation.errors import RankTooLow
from moderation.models import Decision, Report
from moderation.ranks import AUDITOR, OPERATOR, SENIOR_MODERATOR
from moderation.reporting import report_member, report_post
from posts.models import Post
from tests.factories import MemberFactory, PostFactory
from tests.moderation.staff import staff_member
from tests.moderation.test_admin_queue import reported

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 9


@pytest.fixture
def browser(hana: Member) -> Client:
    """The browser of Hana, a moderator."""
    return browser_of(hana)


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def report(jun: Member, post: Post) -> Report:
    """Jun's report of Mina's post."""
    return report_post(jun, post.pk, reason="hate", text="Read this.")[0]


def page_of(record: Any) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


def act(name: str, subject: Any, **query: Any) -> str:
    url = reverse("admin:moderation_decision_act", args=[name, subject.pk])
    return f"{url}?{'&'.join(f'{key}={value}' for key, value in query.items())}"


def statements(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


def test_a_case_shows_what_was_reported_and_what_it_is_now(browser: Client, report: Report, post: Post) -> None:
    post.edit("Look elsewhere.")
    page = browser.get(page_of(report)).content.decode()
    words = ["Look at this.", "Look elsewhere.", "Read this.", "text changed since", "Hate or discrimination", "Jun"]
    assert [word for word in words if word not in page] == []
    assert 'alt="A garden"' in page


def test_a_case_of_a_deleted_post_shows_the_snapshot(
    browser: Client, report: Report, post: Post, run_jobs: Callable[[], None]
) -> None:
    post.erase()
    run_jobs()
    page = browser.get(page_of(report)).content.decode()
    assert "Look at this." in page
    assert "The author has deleted the post." in page


def test_a_moderator_removes_a_reported_post_and_undoes_it(browser: Client, report: Report, post: Post) -> None:
    url = act("remove_post", post, report=report.pk)
    page = browser.get(url).content.decode()
    assert "1 open report is closed" in page
    assert '<option value="hate" selected>' in page
    assert browser.post(url, {"reason": "hate", "text": "No hate here."})["Location"] == page_of(report)
    post.refresh_from_db()
    assert post.removed_at
    undoing = reverse("admin:moderation_decision_undo", args=[Decision.objects.get().pk])
    assert undoing in browser.get(page_of(report)).content.decode()
    browser.post(undoing, {"reason": "mistake"})
    post.refresh_from_db()
    assert post.removed_at is None
    assert Report.objects.get().state == "open"


@pytest.mark.parametrize(("language", "name"), [("en", "English"), ("ko", "한국어")])
def test_the_language_of_the_member_stands_beside_the_text(
    browser: Client, report: Report, post: Post, language: str, name: str
) -> None:
    post.author.update(language=language)
    removal = act("remove_post", post, report=report.pk)
    assert f"Language of the member: {name}." in browser.get(removal).content.decode()
    browser.post(removal, {"reason": "hate"})
    undoing = reverse("admin:moderation_decision_undo", args=[Decision.objects.get().pk])
    assert f"Language of the member: {name}." in browser.get(undoing).content.decode()
    assert "Only the staff reads this." in browser.get(act("dismiss_report", reported())).content.decode()


def test_without_a_reason_nothing_is_done(browser: Client, report: Report, post: Post) -> None:
    for data in ({}, {"reason": "nonsense"}, {"reason": "other", "text": ""}):
        page = browser.post(act("remove_post", post, report=report.pk), data)
        assert b"error" in page.content
    assert not Decision.objects.exists()


def test_the_moderator_who_comes_second_is_told_and_changes_nothing(
    browser: Client, dora: Member, report: Report, post: Post
) -> None:
    url = act("remove_post", post, report=report.pk)
    browser_of(dora).post(url, {"reason": "hate"})
    page = browser.post(url, {"reason": "spam"}, follow=True).content.decode()
    assert "This is not possible any more" in page
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("days", ["", "7", "8", "x"])
def test_a_member_is_suspended_for_a_number_of_days_that_is_offered(browser: Client, mina: Member, days: str) -> None:
    response = browser.post(act("suspend_member", mina, days=days), {"reason": "spam"})
    assert response.status_code == (302 if days == "7" else 404)
    mina.refresh_from_db()
    assert mina.is_suspended == (days == "7")


def test_what_a_role_may_not_do_is_neither_offered_nor_possible_by_its_address(report: Report, mina: Member) -> None:
    auditor, url = browser_of(staff_member(AUDITOR)), act("suspend_member_for_good", mina)
    for reader in (auditor, browser_of(staff_member("moderator", nickname="Bora"))):
        assert url not in reader.get(page_of(mina)).content.decode()
        assert [reader.get(url).status_code, reader.post(url, {"reason": "spam"}).status_code] == [403, 403]
    senior = browser_of(staff_member(SENIOR_MODERATOR, nickname="Sun"))
    assert url.split("?")[0] in senior.get(page_of(mina)).content.decode()


@pytest.mark.parametrize("action", ["reveal_email", "set_role"])
def test_a_moderator_reaches_no_action_of_others_by_address(browser: Client, mina: Member, action: str) -> None:
    url = act(action, mina, role="moderator")
    assert [browser.get(url).status_code, browser.post(url, {"reason": "spam"}).status_code] == [403, 403]
    assert browser.get("/admin/outbox/job/").status_code == 403
    assert not Decision.objects.exists()


def test_nobody_acts_on_an_equal_rank_even_by_the_address(browser: Client, dora: Member) -> None:
    assert "/act/" not in browser.get(page_of(dora)).content.decode()
    page = browser.post(act("suspend_member", dora, days=7), {"reason": "spam"}, follow=True).content.decode()
    assert "not for your role" in page
    dora.refresh_from_db()
    assert not dora.is_suspended


def test_strangers_members_and_other_staff_see_no_page(report: Report, post: Post, mina: Member, jun: Member) -> None:
    jun.is_staff = True
    jun.save()
    urls = [page_of(each) for each in (report, post, mina)]
    for reader, status in ((Client(), 302), (browser_of(mina), 302), (browser_of(jun), 403)):
        assert {reader.get(url).status_code for url in urls} == {status}


def test_an_address_is_masked_until_it_is_revealed_and_that_is_a_decision(mina: Member) -> None:
    senior = browser_of(staff_member(SENIOR_MODERATOR))
    assert mina.email not in senior.get(page_of(mina)).content.decode()
    senior.post(act("reveal_email", mina), {"reason": "investigation"})
    assert mina.email in senior.get(page_of(mina)).content.decode()
    assert Decision.objects.get().action == "reveal_email"
    assert (
        mina.email not in browser_of(staff_member(SENIOR_MODERATOR, nickname="Sun")).get(page_of(mina)).content.decode()
    )


def test_operators_give_roles_on_the_page_of_a_member(mina: Member) -> None:
    operator = browser_of(staff_member(OPERATOR))
    page = operator.get(page_of(mina)).content.decode()
    assert act("set_role", mina, role="moderator").replace("&", "&amp;") in page
    operator.post(act("set_role", mina, role="moderator"), {"reason": "staffing"})
    mina.refresh_from_db()
    assert (mina.is_staff, [group.name for group in mina.groups.all()]) == (True, ["moderator"])


def test_decisions_can_only_be_read(browser: Client, mina: Member) -> None:
    browser.post(act("warn_member", mina), {"reason": "spam", "text": "Please stop."})
    decision = Decision.objects.get()
    assert "Please stop." in browser.get(page_of(decision)).content.decode()
    assert "Mina" in browser.get(reverse("admin:moderation_decision_changelist")).content.decode()
    pages = [("add", []), ("change", [decision.pk]), ("delete", [decision.pk])]
    responses = [browser.post(reverse(f"admin:moderation_decision_{name}", args=args)) for name, args in pages]
    assert [response.status_code for response in responses] == [403] * 3


def test_posts_and_members_are_found_by_words_anywhere(browser: Client, mina: Member) -> None:
    mine = PostFactory.create(author=mina, text="The first snow of the year")
    other = PostFactory.create(text="Rain all day")
    for words in ("first SNOW", "firstsnow", "Min"):
        found = browser.get(reverse("admin:posts_post_changelist"), {"q": words}).content.decode()
        assert (page_of(mine) in found, page_of(other) in found) == (True, False), words
    assert "Mina" in browser.get(reverse("admin:accounts_member_changelist"), {"q": "ina"}).content.decode()


def test_the_image_of_a_removed_post_is_shown_to_moderators_only(
    browser: Client, mina: Member, post: Post, run_jobs: Callable[[], None]
) -> None:
    post.remove()
    run_jobs()
    image_id = post.image_ids()[0]
    url = reverse("admin:media_image_file", args=[image_id])
    assert url in browser.get(page_of(post)).content.decode()
    response = browser.get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in response["Cache-Control"]
    assert Client().get(url).status_code == 302


def fill(mina: Member, store_image: Callable[..., Image], number: int) -> None:
    """Posts with images, reports, decisions and sessions of Mina, this many more of each."""
    for _ in range(number):
        image = store_image(mina)
        post = Post.objects.publish(author=mina, text="Again.", image_ids=[image.pk])
        reporter = MemberFactory.create()
        report_post(reporter, post.pk, reason="spam", text="")
        report_member(reporter, mina.pk, reason="spam", text="")


@pytest.mark.parametrize("kind", ["report", "member", "post", "decision"])
def test_a_page_costs_as_much_with_one_row_of_each_kind_as_with_many(
    browser: Client, mina: Member, report: Report, post: Post, store_image: Callable[..., Image], kind: str
) -> None:
    browser.post(act("warn_member", mina), {"reason": "spam"})
    record = {"report": report, "member": mina, "post": post, "decision": Decision.objects.get()}[kind]
    few = statements(browser, page_of(record))
    fill(mina, store_image, 12)
    for hours in range(12):
        mina.suspend(timezone.now() + timedelta(hours=hours + 1))
    assert (few <= MOST_STATEMENTS, statements(browser, page_of(record))) == (True, few)


@pytest.mark.parametrize("model", [Report, Decision, Post, Member])
def test_a_list_costs_as_much_for_one_row_as_for_fifty(
    browser: Client, mina: Member, report: Report, store_image: Callable[..., Image], model: Any
) -> None:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    browser.post(act("warn_member", mina), {"reason": "spam"})
    few = statements(browser, url)
    fill(mina, store_image, 50 if model is not Decision else 1)
    for member in MemberFactory.create_batch(50 if model is Decision else 0):
        browser.post(act("warn_member", member), {"reason": "spam"})
    assert (few <= MOST_STATEMENTS, statements(browser, url)) == (True, few)


def test_nobody_reads_or_takes_over_reports_on_themselves(browser: Client, hana: Member, jun: Member) -> None:
    about_hana, _ = report_member(jun, hana.pk, reason="spam", text="Hana again.")
    changelist = reverse("admin:moderation_report_changelist")
    assert "Hana again." not in browser.get(page_of(about_hana), follow=True).content.decode()
    many = reverse("admin:moderation_report_many") + f"?action=dismiss_report&report={about_hana.pk}"
    for url in ("/admin/", changelist, page_of(hana), many):
        page = browser.get(url, follow=True).content.decode()
        assert (page_of(about_hana) in page, "Hana again." in page, "1 case" in page) == (False, False, False)
    for name in ("assign_report", "dismiss_report", "uphold_report"):
        browser.post(act(name, about_hana), {"reason": "other", "text": "No."})
        assert get_action(name) not in available_actions(about_hana, by=hana)
    with pytest.raises(RankTooLow):
        get_action("assign_report").run(about_hana, by=hana, reason="triage")
    assert page_of(about_hana) in browser_of(staff_member("moderator")).get(changelist).content.decode()
