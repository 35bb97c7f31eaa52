"""Profiles: the member's own and those of others."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from tests.accounts.phone import Phone, code_of
from tests.factories import MemberFactory, PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


def test_the_own_profile_has_private_fields(phone: Phone, mina: Member) -> None:
    me = phone.get("me").json()
    assert (me["id"], me["email"], me["name"]) == (str(mina.pk), "mina@example.com", "Kim Mina")
    assert me["counts"] == {"followers": 0, "following": 0, "posts": 0}
    assert me["avatar"] is None


def test_another_member_sees_neither_email_nor_name(phone: Phone, jun: Member) -> None:
    answer = phone.get(f"members/{jun.pk}")
    assert answer.json().keys() == {
        "id", "nickname", "avatar", "about", "created_at", "counts", "viewer"
    }  # fmt: skip
    assert "jun@example.com" not in answer.content.decode()
    assert "Lee Jun" not in answer.content.decode()


def test_only_the_fields_that_are_sent_change(phone: Phone, mina: Member) -> None:
    assert phone.patch("me", about="Two children,\none garden.").json()["about"] == "Two children,\none garden."
    assert phone.patch("me", nickname="미나").json()["nickname"] == "미나"
    mina.refresh_from_db()
    assert (mina.nickname, mina.name, mina.about) == ("미나", "Kim Mina", "Two children,\none garden.")
    assert phone.patch("me").status_code == 200


@pytest.mark.parametrize(
    "field", ["id", "email", "is_staff", "is_superuser", "password", "suspended_until", "member_id"]
)
def test_fields_that_members_may_not_change_are_refused(phone: Phone, mina: Member, field: str) -> None:
    assert code_of(phone.patch("me", **{field: "1", "nickname": "Other"})) == "unknown_field"
    mina.refresh_from_db()
    assert mina.nickname == "Mina"


@pytest.mark.parametrize(
    "change",
    [
        {"nickname": ""},
        {"nickname": None},
        {"name": " "},
        {"about": "x" * 201},
        {"about": "a\x00"},
        {"name": ["a"]},
        {"nickname": {}},
    ],
)
def test_an_invalid_profile_field_is_refused_by_name(phone: Phone, change: dict[str, Any]) -> None:
    answer = phone.patch("me", **change)
    assert (answer.status_code, code_of(answer)) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == list(change)


@pytest.mark.parametrize(("field", "length"), [("name", 50), ("nickname", 30), ("about", 200)])
def test_the_longest_words_of_the_widest_emails_have_room(phone: Phone, field: str, length: int) -> None:
    family = "👨‍👩‍👧‍👦" * length
    assert phone.patch("me", **{field: family}).json()[field] == family


@pytest.mark.parametrize("member_id", ["1", "0", "9" * 19, "99999999999999999999", "x", "-1", "1.0", "１"])
def test_an_unknown_member_id_is_not_found(phone: Phone, member_id: str) -> None:
    answer = phone.get(f"members/{member_id}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_profile_counts_include_only_what_the_viewer_may_see(
    phone: Phone, mina: Member, jun: Member, sora: Member
) -> None:
    PostFactory.create_batch(2, author=jun)
    sora.follow(jun)
    mina.follow(jun)
    assert phone.get(f"members/{jun.pk}").json()["counts"] == {"followers": 2, "following": 0, "posts": 2}
    sora.block(mina)
    assert phone.get(f"members/{jun.pk}").json()["counts"]["followers"] == 1


def test_a_profile_says_who_follows_whom(phone: Phone, mina: Member, jun: Member) -> None:
    jun.follow(mina)
    profile = phone.get(f"members/{jun.pk}").json()
    assert profile["viewer"] == {"following": False, "followed_by": True, "muted": False}


@pytest.mark.parametrize("rows", [1, 50])
def test_a_profile_takes_the_same_queries_for_any_counts(
    phone: Phone, jun: Member, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for follower in MemberFactory.create_batch(rows):
        follower.follow(jun)
    phone.get("me")
    with django_assert_num_queries(3):
        assert phone.get(f"members/{jun.pk}").json()["counts"]["followers"] == rows


def test_a_query_that_names_an_actor_is_refused(phone: Phone, jun: Member) -> None:
    assert code_of(phone.get(f"me?member_id={jun.pk}")) == "unknown_field"
