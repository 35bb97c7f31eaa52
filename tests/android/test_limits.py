"""Limits that no thumb reaches, and that sign nobody out."""

import pytest
from pytest_django import Settings

from accounts.models import Member
from tests.android.app import App, Refused
from tests.android.calls import refusal, request, send_once
from tests.project.snapshots import snapshot

LIMITED = {
    "block": "relation-member",
    "unblock": "relation-member",
    "report": "report-member",
    "uploadAvatar": "upload-member",
    "registerPost": "post-member",
    "profile": "read-member",
    "getBlockingMembers": "read-member",
    "posts": "read-member",
    "memberPosts": "read-member",
    "deletePost": "write-member",
    "deleteMember": "write-member",
}


@pytest.mark.parametrize(("call", "scope"), LIMITED.items())
def test_too_many_requests_are_told_and_nobody_is_logged_out(
    mina_app: App, jun: Member, mina: Member, settings: Settings, call: str, scope: str
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {scope: "1/hour"}
    # What is refused counts too, but for a report of nobody.
    sent = request(call, actor=mina.pk, target=jun.pk)
    send_once(mina_app, sent)
    before = snapshot()
    assert refusal(call, send_once(mina_app, sent)) == (429, "GLOBAL_006")
    assert snapshot() == before
    mina_app.start()


def test_a_thumb_does_not_reach_the_limits(mina_app: App, jun: Member) -> None:
    for number in range(20):
        mina_app.register_post(f"Snow {number}")
        mina_app.block(jun.pk)
        # Refused, renewed and repeated.
        with pytest.raises(Refused, match="MEMBER_006"):
            mina_app.block(jun.pk)
        with pytest.raises(Refused, match="GLOBAL_002"):
            mina_app.report(0)
        mina_app.unblock(jun.pk)
    mina_app.report(jun.pk)
    assert len(mina_app.posts(0)) == len(mina_app.posts(1)) == 10
