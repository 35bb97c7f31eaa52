"""Follows and the lists of followers."""

from functools import partial
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Follow, Member
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone, code_of
from tests.factories import MemberFactory, PostFactory, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


def nicknames(answer: Any) -> list[str]:
    return [row["member"]["nickname"] for row in answer.json()["results"]]


def test_a_follow_is_in_both_lists_and_filters_the_feed(phone: Phone, mina: Member, jun: Member, sora: Member) -> None:
    PostFactory.create(author=jun), PostFactory.create(author=sora)
    assert phone.put(f"follows/{jun.pk}").status_code == 204
    assert nicknames(phone.get(f"members/{mina.pk}/following")) == ["Jun"]
    assert nicknames(Phone.of(jun).get(f"members/{jun.pk}/followers")) == ["Mina"]
    assert [post["author"]["nickname"] for post in phone.get("posts?following=true").json()["results"]] == ["Jun"]


def test_following_and_unfollowing_twice_changes_nothing(phone: Phone, jun: Member) -> None:
    assert [phone.put(f"follows/{jun.pk}").status_code for _ in range(2)] == [204, 204]
    assert Follow.objects.count() == 1
    assert [phone.delete(f"follows/{jun.pk}").status_code for _ in range(2)] == [204, 204]
    assert not Follow.objects.exists()


def test_a_member_cannot_follow_themselves(phone: Phone, mina: Member) -> None:
    assert code_of(phone.put(f"follows/{mina.pk}")) == "not_oneself"


def test_nobody_follows_more_members_than_is_allowed(
    phone: Phone, jun: Member, sora: Member, settings: Settings
) -> None:
    settings.FOLLOWS_MAX = 1
    assert phone.put(f"follows/{jun.pk}").status_code == 204
    refused = phone.put(f"follows/{sora.pk}")
    assert (refused.status_code, code_of(refused)) == (400, "too_many_follows")
    assert phone.put(f"follows/{jun.pk}").status_code == 204
    assert phone.delete(f"follows/{jun.pk}").status_code == 204
    assert phone.put(f"follows/{sora.pk}").status_code == 204


def test_following_a_hidden_member_answers_like_an_unknown_one(phone: Phone, jun: Member, sora: Member) -> None:
    jun.withdraw()
    sora.block(Member.objects.get(nickname="Mina"))
    answers = [phone.put(f"follows/{pk}") for pk in (jun.pk, sora.pk, 4711)]
    assert [(answer.status_code, code_of(answer)) for answer in answers] == [(404, "not_found")] * 3
    assert not Follow.objects.exists()


def test_lists_of_another_member_leave_out_members_hidden_from_the_viewer(
    phone: Phone, mina: Member, jun: Member, sora: Member
) -> None:
    hidden, gone = MemberFactory.create_batch(2)
    for member in (sora, hidden, gone):
        member.follow(jun)
        jun.follow(member)
    hidden.block(mina), gone.withdraw()
    assert nicknames(phone.get(f"members/{jun.pk}/followers")) == ["Sora"]
    assert nicknames(phone.get(f"members/{jun.pk}/following")) == ["Sora"]
    assert phone.get(f"members/{hidden.pk}/followers").status_code == 404


def test_a_list_says_which_members_the_viewer_follows(phone: Phone, mina: Member, jun: Member, sora: Member) -> None:
    mina.follow(jun), mina.follow(sora), sora.follow(jun), jun.follow(mina)
    followers = phone.get(f"members/{jun.pk}/followers").json()["results"]
    assert {row["member"]["nickname"]: row["member"]["viewer"] for row in followers} == {
        "Mina": {"following": False, "followed_by": False},
        "Sora": {"following": True, "followed_by": False},
    }
    following = phone.get(f"members/{mina.pk}/following").json()["results"]
    assert [row["member"]["viewer"]["followed_by"] for row in following] == [False, True]


def test_follows_are_paged_newest_first_without_gaps(phone: Phone, mina: Member) -> None:
    others = MemberFactory.create_batch(7)
    for other in others:
        mina.follow(other)
    seen, cursor = [], ""
    while cursor is not None:
        page = phone.get(f"members/{mina.pk}/following?limit=3{cursor and '&cursor='}{cursor}").json()
        seen += [row["member"]["id"] for row in page["results"]]
        cursor = page["next"]
    assert seen == [str(other.pk) for other in reversed(others)]


def test_a_cursor_of_one_list_is_refused_by_another(phone: Phone, mina: Member, jun: Member, sora: Member) -> None:
    mina.follow(jun), mina.follow(sora)
    cursor = phone.get(f"members/{mina.pk}/following?limit=1").json()["next"]
    assert phone.get(f"members/{mina.pk}/followers?cursor={cursor}").status_code == 400


@pytest.mark.parametrize(
    "path", [f"members/{who}/{of}" for who in ("{mina}", "{jun}") for of in ("followers", "following")]
)
@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_of_follows_takes_the_same_queries_for_any_length(
    phone: Phone, mina: Member, jun: Member, path: str, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pairs = [
        pair
        for other in MemberFactory.create_batch(rows)
        for pair in ((mina, other), (other, mina), (jun, other), (other, jun))
    ]
    put(Follow(follower=one, followed=other) for one, other in pairs)
    phone.get("me")
    with django_assert_num_queries(2):
        assert len(nicknames(phone.get(f"{path.format(mina=mina.pk, jun=jun.pk)}?limit=100"))) == rows


def test_an_actor_named_in_the_query_is_refused(phone: Phone, mina: Member, jun: Member) -> None:
    assert code_of(phone.get(f"members/{mina.pk}/following?follower={jun.pk}")) == "unknown_field"


def test_concurrent_requests_to_follow_make_one_follow(at_once: AtOnce, mina: Member, jun: Member) -> None:
    answers = at_once([partial(Phone.of(mina).put, f"follows/{jun.pk}") for _ in range(6)])
    assert [answer.status_code for answer in answers] == [204] * 6
    assert Follow.objects.count() == 1


def test_a_concurrent_follow_and_block_leave_no_follow(at_once: AtOnce, mina: Member, jun: Member) -> None:
    for _ in range(10):
        mina.unblock(jun)
        phones = Phone.of(mina), Phone.of(jun)
        at_once([partial(phones[0].put, f"blocks/{jun.pk}"), partial(phones[1].put, f"follows/{mina.pk}")])
        assert not Follow.objects.exists()
