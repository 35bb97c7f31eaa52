"""Hearts that two transactions delete at the same moment are subtracted once."""

from functools import partial

import pytest

from accounts.jobs import end_contact
from accounts.models import Member
from posts.member_data import erase_hearts
from posts.models import Heart, Post
from posts.recount import WrongCount, recount
from tests.accounts.conftest import AtOnce
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db(transaction=True)


def posts_with_hearts(author: Member, *givers: Member) -> list[Post]:
    """Ten posts, each with a heart of each giver."""
    posts = PostFactory.create_batch(10, author=author)
    for post in posts:
        for giver in givers:
            Heart.objects.give(post.pk, giver)
    return posts


def wrong_counts(posts: list[Post]) -> list[WrongCount]:
    return recount([post.pk for post in posts], correct=False)


def test_two_jobs_of_one_pair_subtract_once(mina: Member, jun: Member, sora: Member, at_once: AtOnce) -> None:
    for _ in range(5):
        posts = posts_with_hearts(mina, jun, sora)
        pairs = ([mina.pk, jun.pk], [jun.pk, mina.pk])
        at_once([partial(end_contact, {"member_ids": pair}) for pair in pairs])
        assert wrong_counts(posts) == []
        assert Heart.objects.filter(post__in=posts).count() == len(posts)


def test_hearts_taken_back_while_erased_subtract_once(mina: Member, jun: Member, sora: Member, at_once: AtOnce) -> None:
    for _ in range(5):
        posts = posts_with_hearts(mina, jun, sora)

        def take_back(posts: list[Post] = posts) -> None:
            for post in posts:
                Heart.objects.take_back(post.pk, jun)

        at_once([take_back, partial(erase_hearts, jun, 500)])
        assert wrong_counts(posts) == []
