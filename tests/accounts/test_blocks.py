"""Blocks hide two members from each other everywhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Block, Follow, Member
from posts.models import Post
from tests.accounts.phone import Phone, code_of
from tests.erasing import erase
from tests.factories import MemberFactory, PostFactory, put, store_images, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's; she blocks."""
    return Phone.of(mina)


@pytest.fixture
def other(jun: Member) -> Phone:
    """Jun's; he is blocked."""
    return Phone.of(jun)


@pytest.fixture
def posts(mina: Member, jun: Member, sora: Member) -> dict[str, Post]:
    """One of each; and each follows each."""
    members = (mina, jun, sora)
    put(Follow(follower=one, followed=two) for one in members for two in members if one != two)
    return {member.nickname: PostFactory.create(author=member) for member in members}


def nicknames(answer: Any) -> set[str]:
    return {row.get("member", row.get("author"))["nickname"] for row in answer.json()["results"]}


def test_a_block_hides_both_ways_in_everything_that_is_read(
    phone: Phone, other: Phone, mina: Member, jun: Member, sora: Member, posts: dict[str, Post]
) -> None:
    assert phone.put(f"blocks/{jun.pk}").status_code == 204
    for viewer, hidden in ((phone, jun), (other, mina)):
        own = "Mina" if hidden is jun else "Jun"
        assert viewer.get(f"members/{hidden.pk}").status_code == 404
        assert viewer.get(f"posts/{posts[hidden.nickname].pk}").status_code == 404
        assert nicknames(viewer.get("posts")) == {own, "Sora"}
        assert nicknames(viewer.get(f"posts?author={hidden.pk}")) == set()
        assert nicknames(viewer.get(f"members/{sora.pk}/followers")) == {own}
        assert nicknames(viewer.get(f"members/{sora.pk}/following")) == {own}
        assert viewer.get(f"members/{sora.pk}").json()["counts"]["followers"] == 1
        for path in (f"members/{hidden.pk}/followers", f"members/{hidden.pk}/following"):
            assert viewer.get(path).status_code == 404


def test_others_still_see_both_members_of_a_block(
    phone: Phone, jun: Member, sora: Member, posts: dict[str, Post]
) -> None:
    phone.put(f"blocks/{jun.pk}")
    assert nicknames(Phone.of(sora).get("posts")) == {"Mina", "Jun", "Sora"}
    assert nicknames(Phone.of(sora).get(f"members/{sora.pk}/following")) == {"Mina", "Jun"}


def test_a_block_ends_the_follows_between_the_two_only(
    phone: Phone, mina: Member, jun: Member, sora: Member, posts: dict[str, Post]
) -> None:
    phone.put(f"blocks/{jun.pk}")
    left = set(Follow.objects.values_list("follower", "followed"))
    assert left == {(one.pk, sora.pk) for one in (mina, jun)} | {(sora.pk, one.pk) for one in (mina, jun)}


def test_unblocking_shows_both_again_and_restores_no_follow(
    phone: Phone, other: Phone, mina: Member, jun: Member, posts: dict[str, Post]
) -> None:
    phone.put(f"blocks/{jun.pk}")
    assert [phone.delete(f"blocks/{jun.pk}").status_code for _ in range(2)] == [204, 204]
    assert other.get(f"members/{mina.pk}").json()["viewer"]["followed_by"] is False
    assert nicknames(other.get("posts?following=true")) == {"Sora"}


def test_the_block_list_has_blocked_members_and_not_blockers(
    phone: Phone, other: Phone, mina: Member, jun: Member, sora: Member
) -> None:
    phone.put(f"blocks/{jun.pk}")
    sora.block(mina)
    (row,) = phone.get("blocks").json()["results"]
    assert (row["member"]["id"], row["member"]["nickname"]) == (str(jun.pk), "Jun")
    assert row["member"].keys() == {"id", "nickname", "avatar", "viewer"}
    assert nicknames(other.get("blocks")) == set()


def test_two_members_can_block_each_other_and_each_removes_their_own_block(
    phone: Phone, other: Phone, mina: Member, jun: Member
) -> None:
    phone.put(f"blocks/{jun.pk}")
    assert other.put(f"blocks/{mina.pk}").status_code == 204
    phone.delete(f"blocks/{jun.pk}")
    assert phone.get(f"members/{jun.pk}").status_code == 404
    other.delete(f"blocks/{mina.pk}")
    assert phone.get(f"members/{jun.pk}").status_code == 200


def test_blocking_twice_changes_nothing(phone: Phone, jun: Member) -> None:
    assert [phone.put(f"blocks/{jun.pk}").status_code for _ in range(2)] == [204, 204]
    assert Block.objects.count() == 1


def test_a_member_cannot_block_themselves(phone: Phone, mina: Member) -> None:
    assert code_of(phone.put(f"blocks/{mina.pk}")) == "not_oneself"
    assert phone.get("me").status_code == 200


def test_blocking_answers_alike_for_who_blocks_and_who_is_gone(
    phone: Phone, mina: Member, jun: Member, sora: Member
) -> None:
    suspended, erased = MemberFactory.create_batch(2)
    jun.block(mina), sora.withdraw(), suspended.suspend(timezone.now() + timedelta(days=1))
    erased.withdraw()
    erase(erased)
    ids = (jun.pk, sora.pk, suspended.pk, erased.pk, 4711)
    assert {phone.get(f"members/{pk}").status_code for pk in ids} == {404}
    for call in (phone.put, phone.put, phone.delete, phone.delete, phone.put):
        assert [call(f"blocks/{pk}").status_code for pk in ids] == [204] * 5
    assert nicknames(phone.get("blocks")) == {"Jun", "Sora", suspended.nickname}


@pytest.mark.parametrize("first", ["blocker", "blocked"])
def test_a_blocked_member_is_listed_as_last_seen(
    phone: Phone, other: Phone, mina: Member, jun: Member, first: str
) -> None:
    jun.set_avatar(store_images([upload()], owner=jun)[0].pk)
    phone.put(f"blocks/{jun.pk}") if first == "blocker" else None
    other.put(f"blocks/{mina.pk}")
    other.patch("me", nickname="Somebody new")
    for _ in range(2):
        phone.put(f"blocks/{jun.pk}")
        (row,) = phone.get("blocks").json()["results"]
        assert (row["member"]["nickname"], row["member"]["avatar"]) == ("Jun", None)
        phone.delete(f"blocks/{jun.pk}")
    phone.put(f"blocks/{jun.pk}")
    for blocker, blocked in ((phone, jun), (other, mina)):
        blocker.delete(f"blocks/{blocked.pk}")
    assert phone.get(f"members/{jun.pk}").json()["nickname"] == "Somebody new"


def test_a_blocked_member_learns_nothing_from_trying(phone: Phone, other: Phone, mina: Member, jun: Member) -> None:
    phone.put(f"blocks/{jun.pk}")
    tries = [other.put(f"follows/{pk}") for pk in (mina.pk, 4711)] + [
        other.get(f"members/{pk}") for pk in (mina.pk, 4711)
    ]
    assert {(answer.status_code, code_of(answer), answer.json()["detail"]) for answer in tries} == {
        (404, "not_found", "This does not exist, or you cannot see it.")
    }


@pytest.mark.parametrize("rows", [1, 50])
def test_the_block_list_takes_one_query_for_any_length(
    phone: Phone, mina: Member, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    put(Block(blocker=mina, blocked=blocked) for blocked in MemberFactory.create_batch(rows))
    phone.get("me")
    with django_assert_num_queries(1):
        assert len(nicknames(phone.get("blocks?limit=100"))) == rows
