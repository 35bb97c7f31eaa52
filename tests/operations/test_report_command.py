"""`manage.py report`: the queue, and decisions where the admin cannot be used."""

import pytest
from django.core.management import CommandError

from accounts.models import Member
from moderation.models import Decision, Report
from posts.models import Post
from tests.accounts.phone import Phone
from tests.factories import CommentFactory, PostFactory
from tests.operations.commands import Operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(mina: Member, jun: Member) -> Post:
    """A post of Mina that Jun has reported."""
    post: Post = PostFactory.create(author=mina, text="Buy now")
    assert Phone.of(jun).post("reports", post_id=str(post.pk), reason="spam").status_code == 201
    return post


def test_open_reports_are_listed_with_what_is_urgent(operator: Operator, reported: Post, mina: Member) -> None:
    (row,) = operator.run("report", "list")["reports"]
    assert (row["about"], row["reason"], row["reporters"], row["nickname"]) == ("post", "spam", 1, "Mina")


def test_without_open_reports_there_is_nothing_to_do(operator: Operator) -> None:
    assert operator.run("report", "list") == {"reports": []}
    assert operator.code == 2


def test_a_decision_removes_the_post_and_closes_the_report(operator: Operator, reported: Post, jun: Member) -> None:
    report = Report.objects.get()
    operator.run("report", "decide", report.pk, "remove_post", "--reason", "spam", "--as", "ops")
    report.refresh_from_db()
    assert report.state == Report.UPHELD
    assert Phone.of(jun).get(f"posts/{reported.pk}").status_code == 404
    assert Decision.objects.get().actor_name == "ops"
    with pytest.raises(CommandError):
        operator.run("report", "decide", report.pk, "dismiss_report", "--reason", "no_violation")


def test_a_report_of_a_deleted_post_can_only_be_closed(operator: Operator, reported: Post) -> None:
    report = Report.objects.get()
    reported.erase()
    with pytest.raises(CommandError, match="gone"):
        operator.run("report", "decide", report.pk, "remove_post", "--reason", "spam")
    operator.run("report", "decide", report.pk, "dismiss_report", "--reason", "no_violation")
    assert not Report.objects.open().exists()


def test_a_reported_comment_is_listed_and_removed(operator: Operator, jun: Member) -> None:
    comment = CommentFactory.create()
    assert Phone.of(jun).post("reports", comment_id=str(comment.pk), reason="spam").status_code == 201
    (row,) = operator.run("report", "list")["reports"]
    assert row["about"] == "comment"
    operator.run("report", "decide", row["id"], "remove_comment", "--reason", "spam")
    comment.refresh_from_db()
    assert comment.removed_at is not None


def test_a_suspension_without_its_length_says_what_to_add(operator: Operator, reported: Post) -> None:
    words = ("report", "decide", Report.objects.get().pk, "suspend_member", "--reason", "spam")
    with pytest.raises(CommandError, match="--days 1 or 7 or 30"):
        operator.run(*words)
    operator.run(*words, "--days", "7")
    assert Decision.objects.get().action == "suspend_member"
