"""Pages of the feed, over the API: nothing twice, nothing missed, no cursor but ours."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Member
from posts.models import Post
from tests.factories import PostFactory

POSTS = "/api/v1/posts"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Change = Callable[[int], None]


def walk(client: APIClient, between: Change = lambda page: None, **params: Any) -> Iterator[str]:
    """The texts of every page to the end; between two pages life goes on."""
    for number in range(50):
        page = client.get(POSTS, params).json()
        yield from (post["text"] for post in page["results"])
        if page["next"] is None:
            return
        between(number)
        params["cursor"] = page["next"]
    raise AssertionError("the walk does not end")


@pytest.fixture
def tied(mina: Member) -> list[Post]:
    """Twelve posts of the same microsecond."""
    return [
        PostFactory.create(author=mina, text=f"{number:02}", created_at=NOON, id=100 + number) for number in range(12)
    ]


@pytest.mark.parametrize("limit", [1, 5, 12, 100])
@pytest.mark.parametrize("ordering", ["newest", "oldest"])
def test_posts_of_the_same_time_come_once_each_whatever_the_page_size(
    tied: list[Post], mina_api: APIClient, limit: int, ordering: str
) -> None:
    read = list(walk(mina_api, limit=limit, ordering=ordering))
    assert read == sorted((post.text for post in tied), reverse=ordering == "newest")


def test_posts_created_or_deleted_between_pages_move_no_other_post(
    tied: list[Post], mina: Member, mina_api: APIClient
) -> None:
    def between(page: int) -> None:
        PostFactory.create(author=mina, text="new", created_at=NOON, id=1_000 + page)
        Post.objects.filter(text__in=["09", "04"]).delete()

    assert list(walk(mina_api, between, limit=3)) == ["11", "10", "09", "08", "07", "06", "05", "03", "02", "01", "00"]


def test_previous_of_the_first_page_leads_to_newer_posts(tied: list[Post], mina: Member, mina_api: APIClient) -> None:
    top = mina_api.get(POSTS, {"limit": 5}).json()["previous"]
    assert mina_api.get(POSTS, {"limit": 5, "cursor": top}).json()["results"] == []
    PostFactory.create(author=mina, text="new", created_at=NOON, id=1_000)
    newer = mina_api.get(POSTS, {"limit": 5, "cursor": top}).json()
    assert [post["text"] for post in newer["results"]] == ["new"]


def test_paging_back_shows_the_same_pages_as_paging_forward(tied: list[Post], mina_api: APIClient) -> None:
    first = mina_api.get(POSTS, {"limit": 4}).json()
    second = mina_api.get(POSTS, {"limit": 4, "cursor": first["next"]}).json()
    back = mina_api.get(POSTS, {"limit": 4, "cursor": second["previous"]}).json()
    assert back["results"] == first["results"]
    assert back["next"] == first["next"]


def test_pages_of_one_author_and_of_a_filter_end_too(
    tied: list[Post], mina: Member, jun: Member, mina_api: APIClient
) -> None:
    PostFactory.create(author=jun, text="other", created_at=NOON)
    assert len(list(walk(mina_api, limit=5, author=mina.pk))) == 12
    assert len(list(walk(mina_api, limit=5, has_images="false", ordering="oldest"))) == 13


@pytest.mark.parametrize("elsewhere", [{"author": "1"}, {"ordering": "oldest"}, {"following": "true"}])
def test_a_cursor_is_valid_for_its_own_list_only(
    tied: list[Post], mina_api: APIClient, elsewhere: dict[str, str]
) -> None:
    cursor = mina_api.get(POSTS, {"limit": 5}).json()["next"]
    response = mina_api.get(POSTS, {"cursor": cursor} | elsewhere)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")
    assert mina_api.get("/api/v1/blocks", {"cursor": cursor}).json()["code"] == "invalid_cursor"
    assert mina_api.get(POSTS, {"cursor": cursor, "limit": 2}).status_code == 200


def test_a_cursor_that_was_changed_is_refused(tied: list[Post], mina_api: APIClient) -> None:
    cursor = mina_api.get(POSTS, {"limit": 5}).json()["next"]
    flipped = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    for forged in (flipped, cursor[:-1], cursor + "=", cursor.swapcase(), "\0", "한글", "A" * 44, "A" * 3_000):
        response = mina_api.get(POSTS, {"cursor": forged})
        assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1e1", "٣", "9" * 30])
def test_a_limit_out_of_range_is_refused_by_its_name(mina_api: APIClient, limit: str) -> None:
    response = mina_api.get(POSTS, {"limit": limit})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "limit"


def test_a_page_has_twenty_posts_unless_the_client_sets_a_limit(mina: Member, mina_api: APIClient) -> None:
    PostFactory.create_batch(21, author=mina)
    assert len(mina_api.get(POSTS).json()["results"]) == 20
    assert len(mina_api.get(POSTS, {"limit": 100}).json()["results"]) == 21
