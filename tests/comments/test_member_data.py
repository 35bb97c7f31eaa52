"""Comments in a member's export, and what their erasure leaves."""

from collections.abc import Callable

import pytest

from accounts import erasure
from accounts.models import Member
from comments.models import Comment
from posts.models import Post
from tests.accounts.exports import download, read_json, request_export
from tests.accounts.phone import Phone
from tests.comments.conftest import read, texts, write
from tests.conftest import logged_in
from tests.erasing import erase
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


def test_an_export_has_the_members_own_comments(
    post: Post, jun: Member, minas: Phone, juns: Phone, run_jobs: Callable[[], None]
) -> None:
    top, theirs = write(juns, post, "Where?"), write(minas, post, "Hers")
    reply = write(juns, post, "Oh.", reply_to=theirs)
    client = logged_in(jun)
    url = request_export(client)
    run_jobs()
    exported = read_json(download(client, url), "comments")
    assert [(one["id"], one["reply_to"], one["text"]) for one in exported] == [
        (top, None, "Where?"),
        (reply, theirs, "Oh."),
    ]
    assert {one["post_id"] for one in exported} == {str(post.pk)}


def test_replies_of_others_outlive_an_erased_member(post: Post, jun: Member, minas: Phone, juns: Phone) -> None:
    top, alone = write(juns, post, "Jun was here"), write(juns, post, "Jun again")
    write(minas, post, "Hello!", reply_to=top)
    own = write(minas, post, "Mine")
    write(juns, post, "Jun too", reply_to=own)
    jun.withdraw()
    erase(jun)
    assert [(one["id"], one["is_deleted"]) for one in read(minas, post)] == [(top, True), (own, False)]
    assert texts(minas, top) == ["Hello!"]
    assert texts(minas, own) == []
    assert not Comment.objects.filter(pk=alone).exists()


def test_a_member_with_many_comments_is_erased_in_chunks(
    post: Post, jun: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "CHUNK", 2)
    for top in CommentFactory.create_batch(3, post=post, author=jun):
        CommentFactory.create_batch(2, post=post, author=jun, parent=top)
    CommentFactory.create(post=post, parent=Comment.objects.filter(parent=None)[0])
    CommentFactory.create_batch(3, post__author=jun)
    jun.withdraw()
    erase(jun)
    assert Comment.objects.filter(author__isnull=False).count() == 1
    assert Comment.objects.count() == 2
