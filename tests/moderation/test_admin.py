"""Reports in the admin: read-only, with their images."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from media.image_urls import file_name
from moderation.models import Report
from moderation.reporting import report_post
from posts.models import Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(sora: Member, client: Client) -> Client:
    """Sora's browser, logged in to the admin."""
    client.force_login(sora)
    return client


def test_a_moderator_sees_the_snapshot_of_a_deleted_post(
    browser: Client, jun: Member, post: Post, run_jobs: Callable[[], None]
) -> None:
    report, _ = report_post(jun, post.pk, reason="hate", text="Read this.")
    post.erase()
    run_jobs()
    page = browser.get(reverse("admin:moderation_report_change", args=[report.pk])).content.decode()
    assert all(word in page for word in ("Look at this.", "Read this.", "Mina", 'alt="A garden"', "/report/images/"))
    listed = browser.get(reverse("admin:moderation_report_changelist"), {"q": report.pk}).content.decode()
    assert "hate" in listed


def test_an_image_that_storage_cannot_read_is_not_called_gone(
    browser: Client, jun: Member, post: Post, run_jobs: Callable[[], None]
) -> None:
    report, _ = report_post(jun, post.pk, reason="hate", text="")
    run_jobs()
    copy = report.images.all()[0]
    url = reverse("admin:moderation_reported_image", args=[copy.pk])
    path = Path(storages["private"].path(file_name(copy.key, "full")))
    path.unlink()
    assert browser.get(url).status_code == 404
    # A folder cannot be read as a file.
    path.mkdir()
    response = browser.get(url)
    assert (response.status_code, response.content) == (503, b"Storage does not answer. Try again in a moment.")
    path.rmdir()


def test_reports_cannot_be_added_changed_or_deleted_in_the_admin(browser: Client, jun: Member, post: Post) -> None:
    report, _ = report_post(jun, post.pk, reason="hate", text="")
    pages = [("add", []), ("change", [report.pk]), ("delete", [report.pk])]
    responses = [browser.post(reverse(f"admin:moderation_report_{name}", args=args)) for name, args in pages]
    assert [response.status_code for response in responses] == [403] * 3
    assert Report.objects.filter(state="open").exists()
