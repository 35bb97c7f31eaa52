"""member/profile: oneself and others, as far as one may know them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from tests.android.app import App, Refused
from tests.android.calls import query, refusal, request, send_once
from tests.factories import MemberFactory, PostFactory, picture_bytes

FIELDS = {
    "member_id", "email", "name", "nickname", "avatar_url", "post_size", "follower_size", "following_size",
}  # fmt: skip


def test_ones_own_profile_is_returned_whole(mina_app: App, mina: Member) -> None:
    assert mina_app.profile() == {
        "member_id": mina.pk,
        "email": "mina@example.com",
        "name": "Kim Mina",
        "nickname": "Mina",
        "avatar_url": None,
        "post_size": 0,
        "follower_size": 0,
        "following_size": 0,
    }


def test_of_another_neither_address_nor_name_is_returned(mina_app: App, jun: Member) -> None:
    data = mina_app.profile(jun.pk)
    assert data.keys() == FIELDS
    assert (data["email"], data["name"], data["nickname"]) == ("j***@example.com", "Jun", "Jun")
    assert "Lee" not in str(data)


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("x@example.com", "x***@example.com"),
        ("kim.mina+app@mail.example.co.kr", "k***@mail.example.co.kr"),
        ("%odd@example.com", "%***@example.com"),
    ],
)
def test_every_masked_address_still_looks_like_one(mina_app: App, email: str, masked: str) -> None:
    assert mina_app.profile(MemberFactory.create(email=email).pk)["email"] == masked


def test_the_counts_are_what_the_asker_may_see(mina_app: App, mina: Member, jun: Member) -> None:
    others = MemberFactory.create_batch(3)
    for other in others:
        other.follow(jun)
    jun.follow(others[0])
    PostFactory.create_batch(4, author=jun)
    PostFactory.create(author=jun).remove()
    mina.block(others[0])
    others[1].withdraw()
    data = mina_app.profile(jun.pk)
    assert (data["post_size"], data["follower_size"], data["following_size"]) == (4, 1, 0)


def test_the_avatar_of_another_is_returned_and_loads_without_a_token(mina_app: App, jun_app: App, mina: Member) -> None:
    url = mina_app.upload_avatar(picture_bytes())["avatar_url"]
    assert jun_app.profile(mina.pk)["avatar_url"] == mina_app.profile()["avatar_url"] == url


@pytest.mark.parametrize("what", ["unknown", "blocked", "blocker", "suspended", "withdrawn", "erased"])
def test_whoever_is_hidden_is_not_there_and_nobody_is_logged_out(
    mina_app: App, mina: Member, jun: Member, what: str
) -> None:
    looked_at = 2**63 - 1 if what == "unknown" else jun.pk
    becomes: dict[str, Callable[[], object]] = {
        "blocked": lambda: mina.block(jun),
        "blocker": lambda: jun.block(mina),
        "suspended": lambda: jun.suspend(jun.created_at.replace(year=2099)),
        "withdrawn": jun.withdraw,
        "erased": jun.delete,
    }
    becomes.get(what, lambda: None)()
    assert refusal("profile", send_once(mina_app, query("member/profile", member_id=looked_at))) == (404, "GLOBAL_001")
    # MEMBER_005 would delete the session on the phone.
    with pytest.raises(Refused, match="GLOBAL_001"):
        mina_app.profile(looked_at)
    assert mina_app.session


@pytest.mark.parametrize("many", [0, 20])
def test_a_profile_takes_the_same_statements_whoever_it_is(mina_app: App, mina: Member, jun: Member, many: int) -> None:
    PostFactory.create_batch(many, author=jun)
    for other in MemberFactory.create_batch(many):
        other.follow(jun)
        mina.block(MemberFactory.create())
    for looked_at in (mina.pk, jun.pk):
        mina_app.profile()
        with CaptureQueriesContext(connection) as statements:
            assert send_once(mina_app, request("profile", target=looked_at)).is_good
        assert len(statements) == 2
