"""member/block, member/unblock and member/getBlockingMembers."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Block, Follow, Member
from tests.android.app import App, Refused
from tests.android.calls import refusal, request, send_once
from tests.factories import MemberFactory, PostFactory, picture_bytes


def test_a_block_is_answered_with_the_pair_and_hides_both_ways(
    mina_app: App, jun_app: App, mina: Member, jun: Member
) -> None:
    PostFactory.create(author=jun)
    PostFactory.create(author=mina)
    jun.follow(mina)
    assert mina_app.block(jun.pk) == {"member_id": mina.pk, "target_id": jun.pk}
    for app, own in ((mina_app, mina), (jun_app, jun)):
        assert [post["writer_id"] for post in app.posts()] == [own.pk]
    assert not Follow.objects.exists()


def test_a_list_that_only_a_machine_can_fill_is_cut_after_the_newest(
    mina_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("android.views.members.BLOCKS_SHOWN", 2)
    blocked = [MemberFactory.create().pk for _ in range(3)]
    for member_id in blocked:
        mina_app.block(member_id)
    data = mina_app.blocking()
    assert (data["size"], [member["id"] for member in data["members"]]) == (2, [blocked[2], blocked[1]])


def test_blocking_twice_has_its_own_code_and_changes_nothing(mina_app: App, jun: Member) -> None:
    mina_app.block(jun.pk)
    with pytest.raises(Refused, match="MEMBER_006"):
        mina_app.block(jun.pk)
    assert Block.objects.count() == 1
    assert mina_app.blocking()["size"] == 1


def test_unblocking_is_a_success_each_time_and_lets_block_again(mina_app: App, mina: Member, jun: Member) -> None:
    mina_app.block(jun.pk)
    for _ in range(2):
        assert mina_app.unblock(jun.pk) == {"member_id": mina.pk, "target_id": jun.pk}
    assert mina_app.blocking() == {"size": 0, "members": []}
    mina_app.block(jun.pk)
    assert Block.objects.count() == 1


def test_nobody_blocks_themselves_and_vanishes_from_their_own_feed(mina_app: App, mina: Member) -> None:
    post = mina_app.register_post("Snow")
    with pytest.raises(Refused, match="MEMBER_005"):
        mina_app.block(mina.pk)
    assert [listed["id"] for listed in mina_app.posts()] == [post["post_id"]]


def test_whoever_is_blocked_may_block_back_and_lifts_their_own_block_only(
    mina_app: App, jun_app: App, mina: Member, jun: Member
) -> None:
    mina_app.block(jun.pk)
    jun_app.block(mina.pk)
    jun_app.unblock(mina.pk)
    assert [block.blocker_id for block in Block.objects.all()] == [mina.pk]
    assert (mina_app.blocking()["size"], jun_app.blocking()["size"]) == (1, 0)
    jun_app.unblock(mina.pk)
    assert jun_app.posts() == []


def test_the_list_has_everybody_at_once_newest_first_and_masked(mina_app: App, jun_app: App, jun: Member) -> None:
    others = MemberFactory.create_batch(60)
    jun_app.upload_avatar(picture_bytes())
    for other in [*others, jun]:
        mina_app.block(other.pk)
    data = mina_app.blocking()
    assert data["size"] == len(data["members"]) == 61
    assert data["members"][0] == {
        "id": jun.pk, "email": "***@***", "name": "Jun", "nickname": "Jun", "avatar_url": None,
    }  # fmt: skip
    assert [member["id"] for member in data["members"][1:]] == [other.pk for other in reversed(others)]


def test_a_list_of_nobody_is_a_list(mina_app: App) -> None:
    assert mina_app.blocking() == {"size": 0, "members": []}


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_takes_one_statement_however_long_it_is(mina_app: App, mina: Member, number: int) -> None:
    for other in MemberFactory.create_batch(number):
        mina.block(other)
    mina_app.profile()
    with CaptureQueriesContext(connection) as statements:
        assert mina_app.blocking()["size"] == number
    assert len(statements) == 1


@pytest.mark.parametrize("call", ["block", "unblock"])
@pytest.mark.parametrize("fields", [{}, {"target_id": None}, {"target_id": ""}, {"target_id": 0}, {"target_id": [7]}])
def test_a_block_of_no_number_is_refused(mina_app: App, mina: Member, call: str, fields: dict[str, Any]) -> None:
    sent = request(call, actor=mina.pk, target=fields.get("target_id"))
    assert refusal(call, send_once(mina_app, sent)) == (400, "GLOBAL_002")
    assert not Block.objects.exists()
