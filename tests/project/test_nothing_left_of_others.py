"""What is somebody else's stays as it was, wherever it is named: in the path, the query, the body or a cursor."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Export, Member
from media.models import Image
from moderation.reporting import report_member
from posts.models import Post
from tests.conftest import logged_in
from tests.factories import PASSWORD, CommentFactory, MemberFactory, PostFactory, upload
from tests.project.problems import is_problem
from tests.project.snapshots import snapshot

V1 = "/api/v1"
# What Jun asks for; in braces what is Mina's.
PATHS = [
    ("DELETE", "posts/{post}", 403), ("PATCH", "posts/{post}", 403), ("GET", "posts/{post}/edits", 403),
    ("DELETE", "comments/{comment}", 403), ("PUT", "posts/{post}/comments/closure", 403),
    ("GET", "posts/{post}/share", 403), ("PUT", "posts/{post}/share", 403), ("DELETE", "posts/{post}/share", 403),
    ("PATCH", "comments/{comment}", 405), ("DELETE", "comments/{post}", 404), ("PUT", "comments/{comment}", 405),
    ("GET", "images/{image}", 404), ("PATCH", "images/{image}", 404), ("DELETE", "images/{image}", 404),
    ("DELETE", "sessions/{session}", 404), ("GET", "reports/{report}", 404),
    ("GET", "me/exports/{export}", 404), ("GET", "me/exports/{export}/file", 404),
    ("DELETE", "members/{member}", 405), ("PATCH", "members/{member}", 405), ("POST", "members/{member}", 405),
    ("PUT", "posts/{post}", 405), ("DELETE", "reports/{report}", 405), ("DELETE", "me/exports/{export}", 405),
    ("PUT", "follows/{post}", 404), ("DELETE", "posts/{member}", 404),
]  # fmt: skip
QUERIES = [
    ("GET", "posts?member_id={member}"), ("GET", "me?member_id={member}"), ("PATCH", "me?member_id={member}"),
    ("POST", "posts?author={member}"), ("DELETE", "images/{image}?owner={member}"),
    ("PUT", "follows/{member}?as={third}"),
    ("DELETE", "blocks/{member}?member_id={third}"), ("POST", "me/exports?member_id={member}"),
    ("POST", "me/withdrawal?member_id={member}"), ("POST", "sessions/end-others?member_id={member}"),
    ("GET", "blocks?member_id={member}"), ("GET", "notifications?member_id={member}"),
    ("GET", "notifications/unread?member_id={member}"), ("GET", "notifications/settings?member_id={member}"),
    ("GET", "reports?reporter={member}"), ("POST", "reports?reporter={member}"),
]  # fmt: skip
BODIES: list[tuple[str, str, dict[str, Any], str]] = [
    ("POST", "posts", {"text": "x", "image_ids": ["{image}"]}, "image_not_usable"),
    ("PUT", "me/avatar", {"image_id": "{image}"}, "image_not_usable"),
    ("POST", "posts", {"text": "x", "author": "{member}"}, "unknown_field"),
    ("POST", "posts", {"text": "x", "member_id": "{member}"}, "unknown_field"),
    ("PATCH", "me", {"about": "x", "id": "{member}"}, "unknown_field"),
    ("PATCH", "me", {"about": "x", "email": "stolen@example.com"}, "unknown_field"),
    ("PUT", "me/avatar", {"image_id": "7", "member_id": "{member}"}, "unknown_field"),
    ("POST", "reports", {"member_id": "{third}", "reason": "spam", "reporter": "{member}"}, "unknown_field"),
    ("POST", "posts/{post}/comments", {"text": "x", "author": "{member}"}, "unknown_field"),
    ("POST", "posts/{post}/comments", {"text": "x", "post_id": "{post}"}, "unknown_field"),
    ("POST", "posts/{post}/comments", {"text": "x", "reply_to": "{image}"}, "invalid"),
    ("DELETE", "comments/{comment}", {"author": "{member}"}, "unknown_field"),
    ("PUT", "notifications/seen", {"id": "{image}", "member_id": "{member}"}, "unknown_field"),
    ("PATCH", "notifications/settings", {"member_id": "{member}"}, "unknown_field"),
    ("PUT", "push-subscription", {"kind": "token", "address": "a", "session_id": "{session}"}, "unknown_field"),
    ("POST", "me/terms", {"version": "2026-11-01", "member_id": "{member}"}, "unknown_field"),
    ("POST", "me/password", {"current": PASSWORD, "password": "y" * 12, "member_id": "{member}"}, "unknown_field"),
    ("POST", "me/withdrawal", {"password": PASSWORD, "member_id": "{member}"}, "unknown_field"),
    ("POST", "me/posts/deletion", {"password": PASSWORD, "author": "{member}"}, "unknown_field"),
    ("POST", "me/exports", {"member_id": "{member}"}, "unknown_field"),
    ("POST", "sessions/end-others", {"member_id": "{member}"}, "unknown_field"),
    ("POST", "me/withdrawal/code", {"email": "mina@example.com"}, "unknown_field"),
    ("PUT", "follows/{member}", {"follower": "{third}"}, "unknown_field"),
    ("DELETE", "follows/{member}", {"follower": "{third}"}, "unknown_field"),
    ("PUT", "blocks/{member}", {"blocker": "{third}"}, "unknown_field"),
    ("PUT", "mutes/{member}", {"muter": "{third}"}, "unknown_field"),
    ("PUT", "hearts/{post}", {"owner": "{third}"}, "unknown_field"),
    ("PUT", "saved/{post}", {"owner": "{third}"}, "unknown_field"),
    ("PUT", "posts/{post}/share", {"token": "x"}, "unknown_field"),
    ("DELETE", "blocks/{member}", {"blocker": "{third}"}, "unknown_field"),
    ("DELETE", "me/avatar", {"member_id": "{member}"}, "unknown_field"),
    ("DELETE", "sessions/current", {"session_id": "{session}"}, "unknown_field"),
    ("POST", "sessions", {"email": "jun@example.com", "password": PASSWORD, "sub": "{member}"}, "unknown_field"),
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(mina: Member, store_image: Callable[..., Image]) -> dict[str, Any]:
    """Something of everything that is Mina's, by what it is; and somebody third."""
    third = MemberFactory.create()
    session = logged_in(mina).pair.session  # type: ignore[attr-defined]
    report, _ = report_member(mina, third.pk, reason="spam", text="")
    things = {"post": PostFactory.create(author=mina), "image": store_image(mina), "session": session, "report": report}
    export, _ = Export.objects.request_export(mina)
    things["comment"] = CommentFactory.create(author=mina, post=things["post"])
    return {name: thing.pk for name, thing in (things | {"export": export, "member": mina, "third": third}).items()}


def named(body: dict[str, Any], hers: dict[str, Any]) -> dict[str, Any]:
    """The body with ids for what stands in braces."""

    def fill(value: Any) -> Any:
        return [fill(one) for one in value] if isinstance(value, list) else value.format(**hers)

    return {name: fill(value) for name, value in body.items()}


@pytest.mark.parametrize(("method", "path", "status"), PATHS)
def test_what_the_path_names_of_others_stays_as_it_was(
    jun_api: APIClient, hers: dict[str, Any], method: str, path: str, status: int
) -> None:
    body, before = {"PATCH": '{"text": "mine"}' if "posts" in path else '{"alt": "mine"}'}, snapshot()
    answer = jun_api.generic(method, f"{V1}/{path.format(**hers)}", body.get(method, ""), "application/json")
    assert is_problem(answer, status)
    assert snapshot() == before


def test_a_block_of_what_is_no_member_leaves_nothing_behind(jun_api: APIClient, hers: dict[str, Any]) -> None:
    before = snapshot()
    assert jun_api.put(f"{V1}/blocks/{hers['image']}").status_code == 204
    assert snapshot() == before


@pytest.mark.parametrize(("method", "path"), QUERIES)
def test_others_whom_the_query_names_stay_as_they_were(
    jun_api: APIClient, hers: dict[str, Any], method: str, path: str
) -> None:
    before = snapshot()
    answer = jun_api.generic(method, f"{V1}/{path.format(**hers)}")
    assert is_problem(answer, 400, "unknown_field")
    assert snapshot() == before


@pytest.mark.parametrize(("method", "path", "body", "code"), BODIES)
def test_others_whom_the_body_names_stay_as_they_were(
    jun_api: APIClient, hers: dict[str, Any], method: str, path: str, body: dict[str, Any], code: str
) -> None:
    before = snapshot()
    answer = getattr(jun_api, method.lower())(f"{V1}/{path.format(**hers)}", named(body, hers), format="json")
    assert is_problem(answer, 400, code)
    assert snapshot() == before


@pytest.mark.parametrize("parts", [{"author": "{member}"}, {"owner": "{member}"}, {"image_ids": "{image}"}])
def test_others_whom_a_part_names_stay_as_they_were(
    jun_api: APIClient, hers: dict[str, Any], parts: dict[str, Any]
) -> None:
    before = snapshot()
    for path, part in (("posts", "images"), ("images", "image")):
        sent = {part: upload(size=(8, 8))} | named(parts, hers)
        assert is_problem(jun_api.post(f"{V1}/{path}", sent, format="multipart"), 400, "unknown_field")
    assert snapshot() == before


LISTS = [
    "posts?has_images=false", "posts?author={member}", "posts?following=true", "posts?ordering=oldest",
    "posts?search=Post number", "posts?since=2020-01-01T00:00:00Z", "blocks?limit=1", "mutes?limit=1",
    "hearts?limit=1", "saved?limit=1", "notifications?limit=1",
    "reports?limit=1", "sessions?limit=1", "members?search=mi", "members/{member}/followers?limit=1",
    "members/{member}/following?limit=1", "posts/{post}/comments?limit=1", "comments/{comment}/replies?limit=1",
]  # fmt: skip


@pytest.mark.parametrize("other", LISTS)
def test_a_cursor_of_another_list_or_filter_is_refused(mina: Member, jun_api: APIClient, other: str) -> None:
    post, *_ = PostFactory.create_batch(3, author=mina)
    names = {"member": mina.pk, "post": post.pk, "comment": CommentFactory.create(post=post).pk}
    cursor = jun_api.get(f"{V1}/posts?limit=1").json()["next"]
    before = snapshot()
    answer = jun_api.get(f"{V1}/{other.format(**names)}&cursor={cursor}")
    assert is_problem(answer, 400, "unknown_field" if other.startswith("sessions") else "invalid_cursor")
    assert snapshot() == before
    assert jun_api.get(f"{V1}/posts?cursor={cursor}").status_code == 200


def test_a_cursor_that_is_not_signed_by_us_is_refused(mina: Member, jun_api: APIClient, settings: Settings) -> None:
    PostFactory.create_batch(3, author=mina)
    cursor = jun_api.get(f"{V1}/posts?limit=1").json()["next"]
    before = snapshot()
    forgeries = [cursor[:-1], cursor + "A", cursor[::-1], cursor.swapcase(), "A" * len(cursor), "x", "%00", "ключ"]
    for forged in forgeries:
        assert is_problem(jun_api.get(f"{V1}/posts?cursor={forged}"), 400, "invalid_cursor"), forged
    settings.SECRET_KEY = "another key that has signed nothing of this so far"
    assert is_problem(jun_api.get(f"{V1}/posts?cursor={cursor}"), 400, "invalid_cursor")
    assert (snapshot(), Post.objects.count()) == (before, 3)
