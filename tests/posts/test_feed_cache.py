"""Pages of the newest posts cost no query; others are read from the database."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import Member
from libs.change_log import append_changes
from posts.models import Post
from tests.accounts.test_sessions import redis_cache
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db(transaction=True)
POSTS = "/api/v1/posts"


@pytest.fixture(autouse=True)
def _cached_posts(settings: Settings, redis_url: str) -> None:
    """Six posts are cached for the time of a test."""
    settings.CACHES, settings.REDIS_URL = redis_cache(redis_url), redis_url
    settings.FEED_CACHE_POSTS, settings.FEED_CACHE_SECONDS = 6, 3_600


@pytest.fixture
def posts(mina: Member, jun_api: APIClient) -> list[Post]:
    """Nine posts of Mina's, the oldest first, after Jun has read the feed."""
    posts = PostFactory.create_batch(9, author=mina)
    # The first request begins the log, the second loads the posts.
    assert [len(jun_api.get(POSTS).json()["results"]) for _ in range(2)] == [9, 9]
    assert len(jun_api.get(POSTS, {"limit": 3}).json()["results"]) == 3
    return posts


def test_a_page_of_the_newest_posts_costs_no_query(
    posts: list[Post], jun_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        first = jun_api.get(POSTS, {"limit": 3}).json()
        second = jun_api.get(POSTS, {"limit": 2, "cursor": first["next"]}).json()
        newer = jun_api.get(POSTS, {"cursor": second["previous"]}).json()
        one = jun_api.get(f"{POSTS}/{posts[-1].pk}").json()
    read = [post["id"] for post in first["results"] + second["results"]]
    assert read == [str(post.pk) for post in reversed(posts)][:5]
    assert newer["results"] == first["results"]
    assert one == first["results"][0]


def test_a_page_that_goes_beyond_the_cached_posts_costs_one_query(
    posts: list[Post], jun_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert len(jun_api.get(POSTS, {"limit": 7}).json()["results"]) == 7


def test_a_new_post_is_read_by_one_query_and_then_by_none(
    posts: list[Post], mina: Member, jun_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    new = Post.objects.publish(author=mina, text="new")
    for queries in (1, 0):
        with django_assert_num_queries(queries):
            assert jun_api.get(POSTS, {"limit": 3}).json()["results"][0]["id"] == str(new.pk)


def test_an_end_of_the_list_is_found_without_a_query_when_all_posts_are_cached(
    mina: Member, jun_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    PostFactory.create_batch(2, author=mina)
    for _ in range(2):
        jun_api.get(POSTS)
    with django_assert_num_queries(0):
        page = jun_api.get(POSTS).json()
    assert (len(page["results"]), page["next"]) == (2, None)


@pytest.mark.parametrize("name", ["post:" + "9" * 5_000, "image:" + "9" * 30, "profile:-1", "post:٣", "post:", "\0"])
def test_what_another_program_wrote_to_the_log_changes_nothing(
    name: str, posts: list[Post], mina: Member, jun_api: APIClient
) -> None:
    append_changes([name])
    new = Post.objects.publish(author=mina, text="new")
    assert jun_api.get(POSTS, {"limit": 3}).json()["results"][0]["id"] == str(new.pk)
