"""Pages from the cache for readers with relations to many members, and of authors whose suspension ends by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Block, Follow, Member
from accounts.profiles.relation_cache import MAX_RELATIONS
from posts.models import Post
from tests.accounts.test_sessions import redis_cache
from tests.factories import PostFactory, put
from tests.polling import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
POSTS = "/api/v1/posts"


@pytest.fixture(autouse=True)
def _cached_posts(settings: Settings, redis_url: str) -> None:
    """Posts are cached for the time of a test."""
    settings.CACHES, settings.REDIS_URL = redis_cache(redis_url), redis_url
    settings.FEED_CACHE_POSTS, settings.FEED_CACHE_SECONDS = 6, 3_600


def put_members(number: int) -> list[Member]:
    """So many members, of whom nobody needs more than an id."""
    return put(Member(email=f"{each}@example.com", nickname="Many") for each in range(number))


@pytest.mark.parametrize("surplus", [-1, 0, 1])
def test_a_reader_of_many_blocks_sees_nothing_of_those_members(
    mina: Member, jun: Member, jun_api: APIClient, surplus: int
) -> None:
    blocked = put_members(MAX_RELATIONS + surplus)
    put(Block(blocker=jun, blocked=each) for each in blocked)
    for each in (blocked[0], blocked[-1], mina):
        PostFactory.create(author=each)
    for _ in range(3):
        assert [post["author"]["nickname"] for post in jun_api.get(POSTS).json()["results"]] == ["Mina"]


@pytest.mark.parametrize("surplus", [-1, 0, 1])
def test_an_author_of_many_followers_sees_a_block_at_once(
    mina: Member, mina_api: APIClient, jun: Member, surplus: int
) -> None:
    put(Follow(follower=each, followed=mina) for each in put_members(MAX_RELATIONS - 1 + surplus))
    post = PostFactory.create(author=jun)
    jun.follow(mina)
    for _ in range(3):
        (shown,) = mina_api.get(POSTS).json()["results"]
        assert (shown["id"], shown["author"]["viewer"]) == (str(post.pk), {"following": False, "followed_by": True})
    jun.block(mina)
    assert mina_api.get(POSTS).json()["results"] == []


def test_posts_show_again_soon_after_a_suspension_has_ended_by_itself(
    mina: Member, jun_api: APIClient, settings: Settings
) -> None:
    settings.FEED_CACHE_SECONDS = 1
    Post.objects.publish(author=mina, text="Snow")
    mina.suspend(timezone.now() + timedelta(seconds=1))
    jun_api.get(POSTS)
    wait_until(lambda: jun_api.get(POSTS).json()["results"])


def test_a_mute_takes_effect_on_cached_pages_at_once(
    mina: Member, jun: Member, jun_api: APIClient, sora: Member
) -> None:
    posts = {author.nickname: PostFactory.create(author=author) for author in (mina, sora)}

    def shown() -> dict[str, bool]:
        pages = jun_api.get(POSTS).json()["results"]
        return {post["author"]["nickname"]: post["viewer"]["muted_author"] for post in pages}

    for _ in range(2):
        assert shown() == {"Mina": False, "Sora": False}
        jun.mute(mina)
        assert shown() == {"Sora": False}
        assert jun_api.get(f"{POSTS}/{posts['Mina'].pk}").json()["viewer"]["muted_author"] is True
        jun.unmute(mina)
