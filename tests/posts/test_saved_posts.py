"""Saved posts: a list that only its owner sees."""

import pytest

from accounts.models import Member
from posts.models import Post, SavedPost
from tests.accounts.phone import Phone
from tests.erasing import erase
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(jun: Member) -> Phone:
    """Jun's, who saves."""
    return Phone.of(jun)


@pytest.fixture
def posts(mina: Member, sora: Member) -> list[Post]:
    """One of Mina's and one of Sora's."""
    return [PostFactory.create(author=each) for each in (mina, sora)]


def test_saved_posts_are_listed_with_the_last_one_first(phone: Phone, posts: list[Post]) -> None:
    for post in reversed(posts):
        assert [phone.put(f"saved/{post.pk}").status_code for _ in range(2)] == [204, 204]
    listed = phone.get("saved").json()["results"]
    assert [each["id"] for each in listed] == [str(post.pk) for post in posts]
    assert all(each["viewer"]["saved"] and each["counts"]["hearts"] == 0 for each in listed)
    assert [phone.delete(f"saved/{posts[0].pk}").status_code for _ in range(2)] == [204, 204]
    assert [each["id"] for each in phone.get("saved").json()["results"]] == [str(posts[1].pk)]


def test_nobody_else_learns_what_somebody_saved(phone: Phone, posts: list[Post], mina: Member) -> None:
    before = Phone.of(mina).get(f"posts/{posts[0].pk}").json()
    phone.put(f"saved/{posts[0].pk}")
    assert Phone.of(mina).get(f"posts/{posts[0].pk}").json() == before
    assert Phone.of(mina).get("saved").json()["results"] == []


def test_hidden_posts_leave_the_list_and_come_back(phone: Phone, posts: list[Post], jun: Member, mina: Member) -> None:
    for post in posts:
        phone.put(f"saved/{post.pk}")
    posts[1].remove()
    mina.block(jun)
    assert phone.get("saved").json()["results"] == []
    assert phone.put(f"saved/{posts[0].pk}").status_code == 404
    posts[1].restore()
    mina.unblock(jun)
    assert len(phone.get("saved").json()["results"]) == 2


def test_saved_posts_go_with_the_member_and_the_post(phone: Phone, posts: list[Post], jun: Member) -> None:
    for post in posts:
        phone.put(f"saved/{post.pk}")
    posts[0].erase()
    assert SavedPost.objects.count() == 1
    erase(jun)
    assert not SavedPost.objects.exists()
