"""Mutes take posts out of one's own feeds, and nobody notices."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Follow, Member, Mute
from posts.models import Post
from tests.accounts.phone import Phone
from tests.erasing import erase
from tests.factories import MemberFactory, PostFactory, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's; she mutes."""
    return Phone.of(mina)


@pytest.fixture
def posts(mina: Member, jun: Member, sora: Member) -> dict[str, Post]:
    """One of each; and each follows each."""
    members = (mina, jun, sora)
    put(Follow(follower=one, followed=two) for one in members for two in members if one != two)
    return {member.nickname: PostFactory.create(author=member, text="Snow") for member in members}


def authors(answer: Any) -> set[str]:
    return {post["author"]["nickname"] for post in answer.json()["results"]}


def test_posts_of_a_muted_member_leave_all_feeds(phone: Phone, jun: Member, posts: dict[str, Post]) -> None:
    assert [phone.put(f"mutes/{jun.pk}").status_code for _ in range(2)] == [204, 204]
    assert authors(phone.get("posts")) == {"Mina", "Sora"}
    assert authors(phone.get("posts?following=true")) == {"Sora"}
    assert authors(phone.get("posts?search=snow")) == {"Mina", "Sora"}
    assert authors(phone.get("posts?ordering=oldest")) == {"Mina", "Sora"}


def test_a_muted_member_can_still_be_looked_at(phone: Phone, jun: Member, posts: dict[str, Post]) -> None:
    phone.put(f"mutes/{jun.pk}")
    assert phone.get(f"members/{jun.pk}").json()["viewer"] == {"following": True, "followed_by": True, "muted": True}
    for page in (f"posts?author={jun.pk}", f"posts?author={jun.pk}&ordering=oldest"):
        (post,) = phone.get(page).json()["results"]
        assert (post["viewer"]["is_author"], post["viewer"]["muted_author"]) == (False, True)
    assert phone.get(f"posts/{posts['Jun'].pk}").json()["viewer"]["muted_author"] is True
    assert phone.get(f"posts/{posts['Sora'].pk}").json()["viewer"]["muted_author"] is False


def test_a_muted_member_notices_nothing_at_all(phone: Phone, mina: Member, jun: Member, posts: dict[str, Post]) -> None:
    theirs = Phone.of(jun)
    before = [theirs.get(path).json() for path in ("posts", f"members/{mina.pk}", "mutes", "posts?following=true")]
    phone.put(f"mutes/{jun.pk}")
    after = [theirs.get(path).json() for path in ("posts", f"members/{mina.pk}", "mutes", "posts?following=true")]
    assert [page.get("results", page) for page in after] == [page.get("results", page) for page in before]


def test_unmuting_brings_the_posts_back_into_feeds(phone: Phone, jun: Member, posts: dict[str, Post]) -> None:
    phone.put(f"mutes/{jun.pk}")
    assert [phone.delete(f"mutes/{jun.pk}").status_code for _ in range(2)] == [204, 204]
    assert authors(phone.get("posts")) == {"Mina", "Jun", "Sora"}
    assert phone.get("mutes").json()["results"] == []


def test_the_list_shows_visible_muted_members_newest_first(phone: Phone, jun: Member, sora: Member) -> None:
    for member in (jun, sora):
        phone.put(f"mutes/{member.pk}")
    assert [row["member"]["nickname"] for row in phone.get("mutes").json()["results"]] == ["Sora", "Jun"]
    jun.withdraw()
    assert [row["member"]["nickname"] for row in phone.get("mutes").json()["results"]] == ["Sora"]


def test_nobody_mutes_themselves_or_whom_they_cannot_see(phone: Phone, mina: Member, jun: Member) -> None:
    jun.block(mina)
    assert phone.put(f"mutes/{mina.pk}").json()["code"] == "not_oneself"
    assert [phone.put(f"mutes/{pk}").status_code for pk in (jun.pk, 1)] == [404, 404]
    # A mute of before a block can be taken back, and ids tell nothing.
    assert [phone.delete(f"mutes/{pk}").status_code for pk in (jun.pk, 1)] == [204, 204]
    assert not Mute.objects.exists()


def test_muting_works_before_new_terms_are_accepted(phone: Phone, jun: Member, settings: Settings) -> None:
    phone.get("me")
    settings.TERMS_VERSION = "2027-01-01"
    assert phone.put(f"follows/{jun.pk}").status_code == 403
    assert phone.put(f"mutes/{jun.pk}").status_code == 204
    assert phone.delete(f"mutes/{jun.pk}").status_code == 204


def test_mutes_go_with_either_member_when_erased(phone: Phone, mina: Member, jun: Member, sora: Member) -> None:
    jun.mute(mina)
    sora.mute(jun)
    phone.put(f"mutes/{sora.pk}")
    erase(jun)
    assert list(Mute.objects.values_list("muter", "muted")) == [(mina.pk, sora.pk)]


@pytest.mark.parametrize("number", [1, 50])
def test_pages_take_as_many_statements_for_many_mutes(
    phone: Phone, mina: Member, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    put(Mute(muter=mina, muted=each) for each in MemberFactory.create_batch(number))
    phone.get("mutes")
    with django_assert_num_queries(1):
        assert len(phone.get("mutes?limit=50").json()["results"]) == number
