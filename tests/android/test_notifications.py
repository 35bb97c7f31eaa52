"""What members do in the app takes notifications of v1 along."""

import pytest

from accounts.models import Member
from posts.models import Heart
from tests.accounts.phone import Phone
from tests.android.calls import request, send_once
from tests.android.conftest import app_of
from tests.factories import PostFactory
from tests.notifications.conftest import LONG_AGO, actors, kinds

pytestmark = pytest.mark.django_db


def test_blocks_and_deletions_take_notifications_along(mina: Member, jun: Member, sora: Member) -> None:
    Member.objects.update(created_at=LONG_AGO)
    post, phone, app = PostFactory.create(author=mina), Phone.of(mina), app_of(mina)
    for member in (jun, sora):
        Heart.objects.give(post.pk, member)
    jun.follow(mina)
    assert actors(phone) == [["Jun"], ["Sora", "Jun"]]
    assert send_once(app, request("block", actor=mina.pk, target=jun.pk)).status == 200
    assert (kinds(phone), actors(phone)) == (["heart"], [["Sora"]])
    assert send_once(app, request("deletePost", actor=mina.pk, post=post.pk)).status == 204
    assert kinds(phone) == []
