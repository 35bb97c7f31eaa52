"""Uploads that the app's HTTP client sends again by itself, with the boundary of the first time."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Avatar, Member
from android.views.base import AppFormViewSet
from libs.idempotency.models import StoredResponse
from media.models import Image
from posts.models import Post
from tests.accounts.conftest import AtOnce
from tests.android.app import App
from tests.android.calls import request, send_once
from tests.android.conftest import app_of
from tests.android.okhttp import Answer, Request, file_part, multipart, text_part
from tests.factories import picture_bytes

UPLOADS = ["registerPost", "uploadAvatar"]


def upload_of(member: Member, call: str) -> Request:
    """A post or an avatar of this member, with one image."""
    return request(call, actor=member.pk)


def interrupt(**changes: Any) -> None:
    """Leave the key as a request that is still running."""
    StoredResponse.objects.update(status=None, body=b"", **changes)


@pytest.mark.parametrize("call", UPLOADS)
def test_an_upload_sent_three_times_takes_effect_once(mina: Member, mina_app: App, call: str) -> None:
    sent = upload_of(mina, call)
    first, *repeats = [send_once(mina_app, sent) for _ in range(3)]
    assert first.status == 201
    assert [(one.status, one.body) for one in repeats] == [(201, first.body)] * 2
    assert Image.objects.not_discarded().count() == 1
    assert Post.objects.count() + Avatar.objects.count() == 1


@pytest.mark.parametrize("call", UPLOADS)
def test_an_upload_repeated_while_it_runs_gets_the_same_answer(mina: Member, at_once: AtOnce, call: str) -> None:
    phones, sent = [app_of(mina), app_of(mina)], upload_of(mina, call)
    answers: list[Answer] = at_once([partial(send_once, phone, sent) for phone in phones])
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].body == answers[1].body
    assert Image.objects.not_discarded().count() == 1
    assert Post.objects.count() + Avatar.objects.count() == 1


def test_the_same_post_written_again_is_a_new_post(mina: Member, mina_app: App) -> None:
    numbers = [send_once(mina_app, upload_of(mina, "registerPost")).json()["post_id"] for _ in range(2)]
    assert len({*numbers}) == Post.objects.count() == 2


def test_an_upload_that_was_refused_is_processed_when_repeated(mina: Member, mina_app: App, settings: Any) -> None:
    settings.IMAGE_QUOTA_COUNT, sent = 0, upload_of(mina, "registerPost")
    assert send_once(mina_app, sent).status == 400
    settings.IMAGE_QUOTA_COUNT = 10
    assert send_once(mina_app, sent).status == 201


def test_two_members_may_use_the_same_boundary(mina: Member, jun: Member, mina_app: App, jun_app: App) -> None:
    posts = [upload_of(member, "registerPost") for member in (mina, jun)]
    same = [Request("POST", one.path, _rebound(one), "multipart/form-data; boundary=X") for one in posts]
    assert [send_once(app, one).status for app, one in zip((mina_app, jun_app), same, strict=True)] == [201, 201]
    assert {*Post.objects.values_list("author", flat=True)} == {mina.pk, jun.pk}


@pytest.mark.parametrize(
    ("texts", "sizes"),
    [(("Snow", "Rain"), (8, 8)), (("Snow", "Snow"), (8, 9))],
    ids=["another text", "another image"],
)
def test_a_client_whose_boundary_never_changes_publishes_every_post(
    mina: Member, mina_app: App, texts: tuple[str, str], sizes: tuple[int, int]
) -> None:
    for text, size in zip(texts, sizes, strict=True):
        file = file_part("files", "a.jpg", picture_bytes(size=(size, size)))
        form = multipart("/post/registerPost", [text_part("member_id", str(mina.pk)), text_part("content", text), file])
        sent = Request("POST", form.path, _rebound(form), "multipart/form-data; boundary=X")
        assert send_once(mina_app, sent).json()["content"] == text
    assert Post.objects.count() == 2


def test_a_repeat_whose_first_never_ends_is_not_published(
    mina: Member, mina_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AppFormViewSet, "wait_for_first_seconds", 0.2)
    sent = upload_of(mina, "registerPost")
    send_once(mina_app, sent)
    interrupt(leased_until=timezone.now() + timedelta(minutes=1))
    # Where the connection can be closed, it is: a response would make the app renew its tokens.
    assert send_once(mina_app, sent).status == 503
    assert Post.objects.count() == 1


def test_a_repeat_is_published_when_its_first_was_interrupted(mina: Member, mina_app: App) -> None:
    sent = upload_of(mina, "registerPost")
    send_once(mina_app, sent)
    Post.objects.all().delete()
    interrupt(leased_until=timezone.now() - timedelta(seconds=1))
    assert send_once(mina_app, sent).status == 201
    assert Post.objects.count() == 1


def _rebound(form: Request) -> bytes:
    """The same form with the boundary X."""
    _, _, boundary = form.content_type.partition("boundary=")
    return form.body.replace(boundary.encode(), b"X")
