"""The queue of reports: the most urgent first, one place for each subject, and only open reports are read."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.models import Report
from moderation.reporting import report_member, report_post
from posts.models import Post
from tests.factories import MemberFactory, PostFactory, put

pytestmark = pytest.mark.django_db


def report(post: Post, reason: str = "spam", hours: float = 1, by: Member | None = None) -> Report:
    """A report of a post, so many hours old."""
    made, _ = report_post(by or MemberFactory.create(), post.pk, reason=reason, text="")
    Report.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    return made


def places() -> list[Any]:
    """The oldest reports of the places of the queue, with what they are ordered by."""
    return Report.objects.of_places(list(Report.objects.queue()))


def queue() -> list[int]:
    """The posts in the order of the queue."""
    return [place.post_id for place in places()]


def test_severity_reporters_and_age_decide_what_comes_first() -> None:
    spam, violence, many, old, child = PostFactory.create_batch(5)
    report(spam), report(violence, "violence", hours=2)
    [report(many, hours=8) for _ in range(4)]
    report(old, hours=30), report(child, "child_safety", hours=0.1)
    assert queue() == [child.pk, many.pk, old.pk, violence.pk, spam.pk]
    assert [round(place.priority, 2) for place in places()][1:] == [2.67, 2.5, 0.5, 0.08]


def test_reports_of_one_subject_have_one_place_at_the_oldest() -> None:
    post = PostFactory.create()
    oldest, *_ = [report(post, hours=hours) for hours in (9, 5, 1)]
    profile, _ = report_member(MemberFactory.create(), post.author_id, reason="spam", text="")
    first, second = places()
    assert (first, first.reporters, second, second.reporters) == (oldest, 3, profile, 1)


def test_reports_of_deleted_posts_and_erased_members_each_have_a_place(mina: Member) -> None:
    posts = PostFactory.create_batch(2, author=mina)
    made = [report(post) for post in posts]
    Report.objects.update(post=None)
    Report.objects.filter(pk=made[0].pk).update(subject=None)
    assert set(places()) == set(made)


def test_muted_reporters_raise_nothing(hana: Member, jun: Member) -> None:
    child, spam = PostFactory.create_batch(2)
    report(child, "child_safety", hours=20, by=jun), report(spam)
    assert queue() == [child.pk, spam.pk]
    decision = get_action("mute_reporter").run(jun, by=hana, reason="abusive_reports")
    assert queue() == [spam.pk, child.pk]
    undo(decision, by=hana, reason="mistake")
    assert queue() == [child.pk, spam.pk]


def test_decided_reports_leave_the_queue_and_come_back_with_the_undo(hana: Member) -> None:
    post = PostFactory.create()
    report(post), report(post)
    decision = get_action("remove_post").run(post, by=hana, reason="spam")
    assert queue() == []
    undo(decision, by=hana, reason="mistake")
    assert queue() == [post.pk]


def test_a_report_is_overdue_after_a_day() -> None:
    late, early = PostFactory.create_batch(2)
    report(late, hours=24.1), report(early, hours=23.9)
    assert list(Report.objects.overdue().values_list("post_id", flat=True)) == [late.pk]


def many_reports(number: int, open_ones: int) -> None:
    """So many reports of posts, of which the newest are open; several of each post."""
    author, now = MemberFactory.create(), timezone.now()
    posts = put(Post(author=author, text="Look") for _ in range(open_ones // 3 + 1))
    reporters = put(
        Member(email=f"{number}.{each}@example.com", name="Reporter", nickname="Reporter") for each in range(10)
    )
    put(
        Report(
            reporter=reporters[each % 10],
            subject=author,
            about="post",
            post=posts[each // 10 % len(posts)] if each >= open_ones else posts[each // 3],
            reason=random.choice(["spam", "hate", "nudity"]),
            text="Words " * 20,
            subject_text="Words " * 50,
            state="open" if each < open_ones else "upheld",
            created_at=now - timedelta(minutes=each),
        )
        for each in range(number)
    )


def test_a_page_of_the_queue_is_two_statements_for_1_and_50(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in (1, 150):
        Report.objects.all().delete()
        many_reports(number, number)
        with django_assert_num_queries(2):
            assert len(Report.objects.queue()[:50]) == (number + 2) // 3


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite does not say what it reads")
def test_of_many_reports_only_the_open_ones_are_read() -> None:
    many_reports(20_000, 200)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE moderation_report")
        with CaptureQueriesContext(connection) as captured:
            assert len(Report.objects.queue()[:50]) == 50
        cursor.execute(f"EXPLAIN (ANALYZE) {captured[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan using report_open" in plan
    assert "Seq Scan on moderation_report" not in plan
