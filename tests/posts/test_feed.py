"""The feed: its posts, its filters, and whose posts it hides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Member
from posts.models import Post
from tests.factories import PostFactory
from tests.posts.conftest import VIEWER, Texts

POSTS = "/api/v1/posts"


def publish(author: Member, text: str, minutes_ago: int = 0) -> Post:
    return PostFactory.create(author=author, text=text, created_at=timezone.now() - timedelta(minutes=minutes_ago))


@pytest.fixture
def three_posts(mina: Member, jun: Member, sora: Member) -> dict[str, Post]:
    """Three posts, a minute apart."""
    members = {"oldest": mina, "middle": jun, "newest": sora}
    return {text: publish(member, text, 3 - number) for number, (text, member) in enumerate(members.items())}


def test_the_feed_shows_everybodys_posts_newest_first(
    three_posts: dict[str, Post], mina: Member, mina_api: APIClient, texts: Texts
) -> None:
    assert texts(mina_api) == ["newest", "middle", "oldest"]
    post = mina_api.get(POSTS).json()["results"][2]
    assert post == {
        "id": str(three_posts["oldest"].pk),
        "author": {
            "id": str(mina.pk),
            "nickname": "Mina",
            "avatar": None,
            "viewer": {"following": False, "followed_by": False},
        },
        "text": "oldest",
        "mentions": [],
        "images": [],
        "created_at": three_posts["oldest"].created_at.isoformat().replace("+00:00", "Z"),
        "edited_at": None,
        "comments_closed": False,
        "counts": {"hearts": 0, "comments": 0},
        "viewer": VIEWER,
    }


def test_posts_say_who_follows_whom_at_the_same_cost(
    mina: Member, jun: Member, sora: Member, jun_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for author in (mina, jun, sora):
        PostFactory.create(author=author)
    jun.follow(mina), sora.follow(jun)
    jun_api.get(POSTS)
    with django_assert_num_queries(1):
        posts = jun_api.get(POSTS).json()["results"]
    relations = {
        post["author"]["nickname"]: post["author"]["viewer"] | {"is_author": post["viewer"]["is_author"]}
        for post in posts
    }
    assert relations == {
        "Mina": {"following": True, "followed_by": False, "is_author": False},
        "Jun": {"following": False, "followed_by": False, "is_author": True},
        "Sora": {"following": False, "followed_by": True, "is_author": False},
    }


def test_the_feed_can_be_read_oldest_first(three_posts: dict[str, Post], mina_api: APIClient, texts: Texts) -> None:
    assert texts(mina_api, ordering="oldest") == ["oldest", "middle", "newest"]
    assert texts(mina_api, ordering="newest") == ["newest", "middle", "oldest"]


def test_the_feed_can_be_filtered_by_author(
    three_posts: dict[str, Post], jun: Member, mina: Member, mina_api: APIClient, texts: Texts
) -> None:
    assert texts(mina_api, author=jun.pk) == ["middle"]
    assert texts(mina_api, author=jun.pk, ordering="oldest") == ["middle"]
    assert texts(mina_api, author=mina.pk) == ["oldest"]
    assert texts(mina_api, author=2**63 - 1) == []


def test_the_feed_can_be_filtered_by_followed_members(
    three_posts: dict[str, Post], mina: Member, jun: Member, mina_api: APIClient, texts: Texts
) -> None:
    mina.follow(jun)
    assert texts(mina_api, following="true") == ["middle"]
    assert len(texts(mina_api, following="false")) == 3


def test_the_feed_can_be_filtered_by_posts_with_or_without_images(
    three_posts: dict[str, Post], jun: Member, mina_api: APIClient, texts: Texts, illustrated: Callable[..., Post]
) -> None:
    illustrated(jun, "with", images=2)
    assert texts(mina_api, has_images="true") == ["with"]
    assert texts(mina_api, has_images="false") == ["newest", "middle", "oldest"]


def test_since_includes_its_time_and_until_does_not(
    three_posts: dict[str, Post], mina_api: APIClient, texts: Texts
) -> None:
    time = three_posts["middle"].created_at
    assert texts(mina_api, since=time.isoformat()) == ["newest", "middle"]
    assert texts(mina_api, until=time.isoformat()) == ["oldest"]
    in_seoul = time.astimezone(timezone.get_fixed_timezone(540)).isoformat()
    assert texts(mina_api, since=in_seoul, until=three_posts["newest"].created_at.isoformat()) == ["middle"]
    in_utc = time.replace(tzinfo=None).isoformat()
    assert texts(mina_api, since=f"{in_utc}Z") == texts(mina_api, since=f"{in_utc}000z".replace("T", "t"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("author", "x"),
        ("author", "9" * 20),
        ("author", "-1"),
        ("author", "\0"),
        ("author", "\u0661"),
        ("following", "maybe"),
        ("has_images", "1 OR 1=1"),
        ("ordering", "-created_at"),
        ("since", "yesterday"),
        ("since", "0001-01-01T00:00:00+14:00"),
        ("until", "9999-12-31T23:59:59-14:00"),
        ("until", "2026-11-24T00:00:00+99:00"),
        ("since", "2026-11-24"),
        ("since", "2026-W48-2T09:00:00Z"),
        ("since", "2026-328T09:00:00Z"),
        ("since", "20261124T090000Z"),
        ("until", "2026-11-24T09:00:00"),
        ("until", "2026-11-24 09:00:00Z"),
        ("until", "2026-11-24T09:00Z"),
        ("until", "2026-11-24T09:00:00,5Z"),
        ("until", "2026-11-24T09:00:00+0900"),
        ("until", "2026-11-24T09:00:00+09"),
        ("until", "２０２６-11-24T09:00:00Z"),
        ("until", "2026-11-24T09:00:00Z\n"),
        ("until", " 2026-11-24T09:00:00Z"),
        ("until", "2026-02-30T09:00:00Z"),
        ("author", " "),
        ("tag", " "),
        ("tag", "\u00a0"),
    ],
)
def test_an_invalid_filter_is_refused_by_its_name(mina_api: APIClient, name: str, value: str) -> None:
    response = mina_api.get(POSTS, {name: value})
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == name


@pytest.mark.parametrize(
    ("query", "code"), [("author=", "blank"), ("author=1&author=2", "repeated"), ("cursor=", "blank")]
)
def test_an_empty_or_repeated_parameter_is_refused(mina_api: APIClient, query: str, code: str) -> None:
    answer = mina_api.get(f"/api/v1/posts?{query}")
    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == [code]


@pytest.mark.parametrize("name", ["autor", "member_id", "page", "format", "author__email", "removed_at", "q"])
def test_a_parameter_the_feed_does_not_know_is_refused(mina_api: APIClient, name: str) -> None:
    response = mina_api.get(POSTS, {name: "1"})
    assert (response.status_code, response.json()["code"]) == (400, "unknown_field")
    assert response.json()["errors"][0]["field"] == name


Hide = Callable[[Member, Member, Post], Any]
HIDING: dict[str, Hide] = {
    "the reader blocks the writer": lambda reader, writer, post: reader.block(writer),
    "the writer blocks the reader": lambda reader, writer, post: writer.block(reader),
    "the writer is suspended": lambda reader, writer, post: writer.suspend(timezone.now() + timedelta(days=1)),
    "the writer has withdrawn": lambda reader, writer, post: writer.withdraw(),
    "the post is removed": lambda reader, writer, post: post.remove(),
}
SHOWING: dict[str, Hide] = {
    "the reader blocks the writer": lambda reader, writer, post: reader.unblock(writer),
    "the writer blocks the reader": lambda reader, writer, post: writer.unblock(reader),
    "the writer is suspended": lambda reader, writer, post: writer.lift(),
    "the writer has withdrawn": lambda reader, writer, post: writer.cancel_withdrawal(),
    "the post is removed": lambda reader, writer, post: post.restore(),
}
LISTS: dict[str, Callable[[Member], dict[str, Any]]] = {
    "the feed": lambda writer: {},
    "the writer's posts": lambda writer: {"author": writer.pk},
    "the feed with a filter": lambda writer: {"has_images": "false", "author": writer.pk},
}


@pytest.mark.parametrize("why", HIDING)
def test_a_hidden_post_is_not_found_anywhere_and_can_come_back(
    mina: Member, jun: Member, jun_api: APIClient, texts: Texts, why: str
) -> None:
    post = publish(mina, "hello")
    HIDING[why](jun, mina, post)
    assert [texts(jun_api, **filters(mina)) for filters in LISTS.values()] == [[], [], []]
    nowhere, hidden = (jun_api.get(f"{POSTS}/{number}") for number in (2**63 - 1, post.pk))
    assert hidden.status_code == 404
    assert hidden.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}
    SHOWING[why](jun, mina, post)
    assert [texts(jun_api, **filters(mina)) for filters in LISTS.values()] == [["hello"]] * 3
    assert jun_api.get(f"{POSTS}/{post.pk}").status_code == 200


def test_an_expired_suspension_hides_no_posts(mina: Member, jun_api: APIClient, texts: Texts) -> None:
    publish(mina, "hello")
    mina.suspend(timezone.now() - timedelta(seconds=1))
    assert texts(jun_api) == ["hello"]


def test_the_author_does_not_see_a_removed_post_either(mina: Member, mina_api: APIClient, texts: Texts) -> None:
    post = publish(mina, "hello")
    post.remove()
    assert texts(mina_api) == []
    assert mina_api.get(f"{POSTS}/{post.pk}").status_code == 404
    assert mina_api.delete(f"{POSTS}/{post.pk}").status_code == 404


def test_a_block_between_two_members_hides_neither_from_a_third(
    mina: Member, jun: Member, sora: Member, jun_api: APIClient, texts: Texts
) -> None:
    publish(mina, "hello")
    mina.block(sora)
    assert texts(jun_api) == ["hello"]
