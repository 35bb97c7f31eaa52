"""One page of the app's lists: who is in it, and what it says of them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, Mute
from comments.models import Comment
from posts.models import Heart, Post, PostCounts, SavedPost
from tests.android.app import App
from tests.android.calls import request, send_once
from tests.android.okhttp import Answer
from tests.factories import PostFactory, picture_bytes


def of_member(app: App, member_id: Any) -> Answer:
    """The first answer to asking for somebody's posts."""
    return send_once(app, request("memberPosts", target=member_id))


def test_ones_own_address_is_complete_and_others_are_masked(mina: Member, jun: Member, mina_app: App) -> None:
    PostFactory.create(author=jun)
    PostFactory.create(author=mina)
    assert [post["writer_email"] for post in mina_app.posts()] == ["mina@example.com", "j***@example.com"]
    assert [post["writer_nickname"] for post in mina_app.posts()] == ["Mina", "Jun"]
    assert mina_app.own_posts()[0]["writer_email"] == "mina@example.com"
    assert of_member(mina_app, jun.pk).json()["posts"][0]["writer_email"] == "j***@example.com"
    assert "jun@example.com" not in str([answer.body for _, answer in mina_app.exchanges])


def test_a_page_has_what_the_app_shows_of_each_post(mina_app: App, jun_app: App) -> None:
    mina_app.upload_avatar(picture_bytes())
    written = mina_app.register_post(" <b>눈\n", {"a.jpg": picture_bytes(), "b.png": picture_bytes(kind="PNG")})
    jun_app.register_post("bare")
    bare, post = jun_app.posts()
    assert (bare["avatar_url"], bare["image_urls"]) == (None, None)
    assert post == {"id": written.pop("post_id"), **written, "writer_email": "m***@example.com"}
    assert len(post["image_urls"]) == 2


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul"])
def test_times_are_in_the_servers_zone_on_a_clock_of_24_hours(
    mina: Member, mina_app: App, settings: Any, zone: str
) -> None:
    settings.TIME_ZONE = zone
    at = datetime(2026, 11, 24, 6, 0, 0, 999_999, tzinfo=UTC)
    PostFactory.create(author=mina, created_at=at, edited_at=datetime(2026, 11, 24, 15, 30, tzinfo=UTC))
    (post,) = mina_app.posts()
    hour, day = (6, "24T15:30") if zone == "UTC" else (15, "25T00:30")
    assert (post["created_at"], post["updated_at"]) == (f"2026-11-24T{hour:02}:00:00", f"2026-11-{day}:00")


@pytest.mark.parametrize("how", ["blocked", "blocks", "suspended", "withdrawn"])
def test_the_posts_of_one_who_is_hidden_are_an_empty_page(mina: Member, jun: Member, mina_app: App, how: str) -> None:
    PostFactory.create(author=jun)
    assert of_member(mina_app, jun.pk).json()["size"] == 1
    if how in ("blocked", "blocks"):
        (mina.block(jun) if how == "blocked" else jun.block(mina))
    changed = {"suspended": "suspended_until", "withdrawn": "withdrawn_at"}.get(how)
    if changed:
        Member.objects.filter(pk=jun.pk).update(**{changed: datetime(2100, 1, 1, tzinfo=UTC)})
    answer = of_member(mina_app, jun.pk)
    assert (answer.status, answer.json()) == (200, {"size": 0, "posts": []})


@pytest.mark.parametrize("number", [2**62, 2**63 - 1])
def test_a_member_who_is_not_there_has_no_posts(mina_app: App, number: int) -> None:
    answer = of_member(mina_app, number)
    assert (answer.status, answer.json()) == (200, {"size": 0, "posts": []})


def test_the_feed_reads_no_hearts_counts_comments_or_mutes(mina: Member, mina_app: App) -> None:
    PostFactory.create_batch(3, author=mina)
    with CaptureQueriesContext(connection) as statements:
        for read in (mina_app.posts, mina_app.own_posts):
            # The first page, one from a stored place, and one for which rows are counted.
            assert [len(read(page, size)) for page, size in ((0, 2), (1, 2), (1, 1))] == [2, 1, 1]
    sql = " ".join(statement["sql"] for statement in statements)
    assert Post._meta.db_table in sql
    assert [model for model in (Heart, SavedPost, PostCounts, Comment, Mute) if model._meta.db_table in sql] == []


def test_posts_of_a_muted_member_stay_in_the_feed(mina: Member, jun: Member, mina_app: App) -> None:
    PostFactory.create(author=jun)
    mina.mute(jun)
    assert [post["writer_id"] for post in mina_app.posts()] == [jun.pk]
