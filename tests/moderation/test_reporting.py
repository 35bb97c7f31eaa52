"""Reporting a member or a post, and following the report."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.erasure import start_erasure
from accounts.models import Member
from moderation.actions import get_action
from moderation.actors import Actor
from moderation.models import Report
from moderation.reporting import report_member
from posts.models import Post
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone, code_of
from tests.factories import PASSWORD, MemberFactory, PostFactory

pytestmark = pytest.mark.django_db


def fields(response: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in response.json()["errors"]}


def test_the_snapshot_of_a_reported_post_stays_as_it_was(phone: Phone, mina: Member, jun: Member, post: Post) -> None:
    response = phone.post("reports", post_id=str(post.pk), reason="spam", text="Five times today.")
    assert response.status_code == 201
    mina.update(nickname="Somebody else")
    post.erase()
    report = Report.objects.get(pk=response.json()["id"])
    assert (report.reporter, report.subject, report.post) == (jun, mina, None)
    assert (report.nickname, report.subject_text, report.subject_created_at) == (
        "Mina",
        "Look at this.",
        post.created_at,
    )
    assert [image.alt for image in report.images.all()] == ["A garden", ""]


def test_the_snapshot_of_a_reported_member_has_their_profile(
    phone: Phone, mina: Member, store_image: Callable[..., Any]
) -> None:
    mina.update(about="I sell watches.")
    mina.set_avatar(store_image(mina).pk)
    assert phone.post("reports", member_id=str(mina.pk), reason="impersonation").status_code == 201
    report = Report.objects.get()
    assert (report.about, report.nickname, report.subject_text) == ("member", "Mina", "I sell watches.")
    assert report.images.count() == 1


def test_the_reporter_sees_how_the_report_was_decided(phone: Phone, mina: Member, post: Post) -> None:
    made = phone.post("reports", post_id=str(post.pk), reason="hate", text="Read the last line.").json()
    assert made | {"created_at": None} == {
        "id": made["id"], "about": "post", "member_id": None, "post_id": str(post.pk), "comment_id": None,
        "reason": "hate", "text": "Read the last line.", "state": "open", "created_at": None, "decided_at": None,
    }  # fmt: skip
    get_action("uphold_report").run(
        Report.objects.get(), by=Actor.operator("root"), reason="other", text="She was asked to stop."
    )
    seen = phone.get(f"reports/{made['id']}").json()
    assert (seen["state"], seen["decided_at"] is None) == ("upheld", False)
    assert phone.get("reports").json()["results"] == [seen]


def test_a_report_is_not_found_by_other_members(phone: Phone, mina: Member, sora: Member) -> None:
    made = phone.post("reports", member_id=str(mina.pk), reason="spam").json()
    for other in (Phone.of(mina), Phone.of(sora)):
        assert other.get(f"reports/{made['id']}").status_code == 404
        assert other.get("reports").json()["results"] == []


def test_a_second_report_changes_nothing_while_the_first_is_open(phone: Phone, mina: Member, post: Post) -> None:
    for subject in ({"post_id": str(post.pk)}, {"member_id": str(mina.pk)}):
        first = phone.post("reports", **subject, reason="spam")
        second = phone.post("reports", **subject, reason="hate", text="Worse than I thought.")
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
    assert Report.objects.count() == 2


def test_a_subject_can_be_reported_again_once_the_report_is_decided(phone: Phone, mina: Member) -> None:
    phone.post("reports", member_id=str(mina.pk), reason="spam")
    report = Report.objects.get()
    get_action("dismiss_report").run(report, by=Actor.operator("root"), reason="no_violation")
    assert phone.post("reports", member_id=str(mina.pk), reason="spam").status_code == 201
    assert set(Report.objects.values_list("state", flat=True)) == {"dismissed", "open"}


@pytest.mark.django_db(transaction=True)
def test_of_several_reports_at_once_only_one_is_stored(at_once: AtOnce) -> None:
    mina, jun = MemberFactory.create(), MemberFactory.create()
    phones = [Phone.of(jun) for _ in range(4)]
    ask = [lambda phone=phone: phone.post("reports", member_id=str(mina.pk), reason="spam") for phone in phones]
    responses = at_once(ask)
    assert sorted(response.status_code for response in responses) == [200, 200, 200, 201]
    assert Report.objects.count() == 1


@pytest.mark.parametrize("named", [{}, {"member_id": "7", "post_id": "7"}])
def test_a_report_names_exactly_one_subject(phone: Phone, named: dict[str, str]) -> None:
    assert fields(phone.post("reports", **named, reason="spam")) == {("", "invalid")}


@pytest.mark.parametrize("reason", ["unspecified", "ugly", "", None])
def test_a_report_with_an_unknown_reason_is_refused(phone: Phone, mina: Member, reason: Any) -> None:
    assert phone.post("reports", member_id=str(mina.pk), reason=reason).status_code == 400
    assert not Report.objects.exists()


def test_a_report_for_another_reason_needs_a_text(phone: Phone, mina: Member) -> None:
    body = {"member_id": str(mina.pk), "reason": "other"}
    assert fields(phone.post("reports", **body, text=" ")) == {("text", "required")}
    assert fields(phone.post("reports", **body, text="x" * 1_001)) == {("text", "max_graphemes")}
    assert phone.post("reports", **body, text="👨‍👩‍👧" * 1_000).status_code == 201


def test_members_cannot_report_themselves_or_their_posts(phone: Phone, jun: Member) -> None:
    own = PostFactory.create(author=jun)
    for subject in ({"member_id": str(jun.pk)}, {"post_id": str(own.pk)}):
        assert code_of(phone.post("reports", **subject, reason="spam")) == "not_oneself"


def test_posts_that_their_author_deleted_cannot_be_reported(phone: Phone, mina: Member, post: Post) -> None:
    assert Phone.of(mina).post("me/posts/deletion", password=PASSWORD).status_code == 202
    later = PostFactory.create(author=mina, text="A new leaf.")
    assert Post.objects.filter(pk=post.pk).exists(), "its job has not run yet"
    assert phone.post("reports", post_id=str(post.pk), reason="spam").status_code == 404
    assert phone.post("reports", post_id=str(later.pk), reason="spam").status_code == 201
    assert Report.objects.get().post == later


def test_a_block_does_not_prevent_a_report(phone: Phone, mina: Member, jun: Member) -> None:
    post = PostFactory.create(author=mina)
    mina.block(jun)
    jun.block(mina)
    for subject in ({"member_id": str(mina.pk)}, {"post_id": str(post.pk)}):
        assert phone.post("reports", **subject, reason="harassment").status_code == 201


@pytest.mark.parametrize("fate", ["suspended", "withdrawn"])
def test_who_left_after_what_they_did_can_be_reported(phone: Phone, mina: Member, fate: str, post: Post) -> None:
    mina.update(about="I sell watches.")
    {"suspended": lambda: mina.suspend(timezone.now() + timedelta(days=1)), "withdrawn": mina.withdraw}[fate]()
    for subject in ({"member_id": str(mina.pk)}, {"post_id": str(post.pk)}):
        assert phone.post("reports", **subject, reason="harassment").status_code == 201
    texts = Report.objects.order_by("about").values_list("subject", "nickname", "subject_text")
    assert list(texts) == [(mina.pk, "Mina", "I sell watches."), (mina.pk, "Mina", "Look at this.")]


@pytest.mark.parametrize("fate", ["remove", "erase"])
def test_a_post_that_is_gone_is_not_found_but_its_author_is(phone: Phone, mina: Member, post: Post, fate: str) -> None:
    post_id = str(post.pk)
    getattr(post, fate)()
    assert phone.post("reports", post_id=post_id, reason="spam").status_code == 404
    assert phone.post("reports", member_id=str(mina.pk), reason="spam").status_code == 201


def test_nobody_is_reported_whose_erasure_has_started(phone: Phone, mina: Member, post: Post) -> None:
    with transaction.atomic():
        start_erasure(mina)
    for subject in ({"member_id": str(mina.pk)}, {"post_id": str(post.pk)}):
        assert phone.post("reports", **subject, reason="spam").status_code == 404


def test_a_list_of_reports_costs_the_same_for_one_and_for_fifty(phone: Phone, jun: Member) -> None:
    costs = []
    # The session is looked up once.
    phone.get("reports")
    for number in (1, 49):
        for member in MemberFactory.create_batch(number):
            report_member(jun, member.pk, reason="spam", text="")
        with CaptureQueriesContext(connection) as queries:
            results = phone.get("reports?limit=100").json()["results"]
        costs.append(len(queries))
    assert len(results) == 50
    assert costs == [1, 1]


def test_too_many_reports_in_a_day_are_refused(phone: Phone, mina: Member) -> None:
    responses = [phone.post("reports", member_id=str(mina.pk), reason="spam") for _ in range(21)]
    assert [response.status_code for response in responses] == [201] + [200] * 19 + [429]
