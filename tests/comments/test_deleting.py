"""Deleting comments: by whom, and what stays of one with replies."""

from collections.abc import Callable

import pytest

from accounts.models import Member
from comments.models import Comment
from posts import jobs
from posts.models import Post
from tests.accounts.phone import Phone, code_of
from tests.comments.conftest import read, texts, write
from tests.factories import PASSWORD, CommentFactory

pytestmark = pytest.mark.django_db


def test_its_author_and_that_of_the_post_delete_a_comment(post: Post, sora: Member, minas: Phone, juns: Phone) -> None:
    own, other = write(juns, post), write(juns, post)
    assert code_of(Phone.of(sora).delete(f"comments/{own}")) == "not_yours"
    assert juns.delete(f"comments/{own}").status_code == 204
    assert minas.delete(f"comments/{other}").status_code == 204
    assert juns.delete(f"comments/{own}").status_code == 404
    assert not Comment.objects.exists()


def test_a_deleted_comment_stays_for_its_replies_and_goes_with_them(post: Post, minas: Phone, juns: Phone) -> None:
    top = write(juns, post, "Where is that?")
    replies = [write(minas, post, text, reply_to=top) for text in ("At home.", "In the garden.")]
    assert juns.delete(f"comments/{top}").status_code == 204
    (placeholder,) = read(minas, post)
    assert (placeholder["id"], placeholder["author"], placeholder["text"]) == (top, None, "")
    assert (placeholder["is_deleted"], placeholder["reply_count"]) == (True, 2)
    assert placeholder["viewer"] == {"is_author": False, "may_delete": False}
    assert texts(juns, top) == ["At home.", "In the garden."]
    assert juns.delete(f"comments/{top}").status_code == 404
    minas.delete(f"comments/{replies[0]}")
    assert read(minas, post)[0]["reply_count"] == 1
    minas.delete(f"comments/{replies[1]}")
    assert read(minas, post) == []
    assert not Comment.objects.exists()


def test_a_reply_joins_a_placeholder_by_another_reply(post: Post, minas: Phone, juns: Phone) -> None:
    top = write(juns, post)
    reply = write(minas, post, "Yes.", reply_to=top)
    juns.delete(f"comments/{top}")
    assert juns.post(f"posts/{post.pk}/comments", text="No.", reply_to=top).status_code == 400
    write(juns, post, "Really?", reply_to=reply)
    assert texts(minas, top) == ["Yes.", "Really?"]


def test_comments_go_with_their_post(post: Post, minas: Phone, juns: Phone) -> None:
    top = write(juns, post)
    write(minas, post, reply_to=top)
    assert minas.delete(f"posts/{post.pk}").status_code == 204
    assert not Comment.objects.exists()


def test_the_comments_of_all_posts_go_a_few_at_a_time(
    post: Post, minas: Phone, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "DELETION_BATCH", 2)
    for top in CommentFactory.create_batch(3, post=post):
        CommentFactory.create_batch(3, post=post, parent=top)
    other = CommentFactory.create()
    minas.post("me/posts/deletion", password=PASSWORD)
    run_jobs()
    assert list(Comment.objects.all()) == [other]
    assert not Post.objects.filter(pk=post.pk).exists()
