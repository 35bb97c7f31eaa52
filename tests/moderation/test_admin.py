"""Reports in the admin: to look at, pictures included."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from moderation.models import Report
from moderation.reporting import report_post
from posts.models import Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(sora: Member, client: Client) -> Client:
    """Sora's browser, signed in."""
    client.force_login(sora)
    return client


def test_a_moderator_sees_what_was_reported_although_it_is_gone(
    desk: Client, jun: Member, post: Post, work: Callable[[], None]
) -> None:
    report, _ = report_post(jun, post.pk, reason="hate", text="Read this.")
    post.erase()
    work()
    page = desk.get(reverse("admin:moderation_report_change", args=[report.pk])).content.decode()
    assert all(word in page for word in ("Look at this.", "Read this.", "Mina", 'alt="A garden"', "/reports/"))
    listed = desk.get(reverse("admin:moderation_report_changelist"), {"q": report.pk}).content.decode()
    assert "hate" in listed


def test_nobody_writes_or_changes_a_report_by_hand(desk: Client, jun: Member, post: Post) -> None:
    report, _ = report_post(jun, post.pk, reason="hate", text="")
    pages = [("add", []), ("change", [report.pk]), ("delete", [report.pk])]
    answers = [desk.post(reverse(f"admin:moderation_report_{name}", args=args)) for name, args in pages]
    assert [answer.status_code for answer in answers] == [403] * 3
    assert Report.objects.filter(state="open").exists()
