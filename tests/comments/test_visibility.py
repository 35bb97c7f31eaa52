"""Who reads whose comments: blocks, suspensions and withdrawals hide them at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member
from posts.models import Post
from tests.accounts.phone import Phone
from tests.comments.conftest import read, texts, write
from tests.factories import CommentFactory, MemberFactory

pytestmark = pytest.mark.django_db
TOMORROW = timezone.now() + timedelta(days=1)
# What hides the comments of the first member from the second.
HIDDEN: dict[str, Callable[[Member, Member], Any]] = {
    "blocks": lambda author, reader: author.block(reader),
    "blocked": lambda author, reader: reader.block(author),
    "suspended": lambda author, reader: author.suspend(TOMORROW),
    "withdrawn": lambda author, reader: author.withdraw(),
}


@pytest.mark.parametrize("fate", HIDDEN)
def test_comments_of_hidden_members_are_hidden_at_once(post: Post, jun: Member, juns: Phone, fate: str) -> None:
    author = MemberFactory.create()
    comment, kept = write(Phone.of(author), post, "Gone"), write(juns, post, "Here")
    write(Phone.of(author), post, "Gone too", reply_to=kept)
    HIDDEN[fate](author, jun)
    assert texts(juns, post) == ["Here"]
    assert read(juns, post)[0]["reply_count"] == 0
    assert texts(juns, kept) == []
    assert juns.get(f"comments/{comment}/replies").status_code == 404
    assert juns.delete(f"comments/{comment}").status_code == 404


@pytest.mark.parametrize("fate", HIDDEN)
def test_replies_to_a_hidden_comment_stay_below_a_placeholder(post: Post, jun: Member, juns: Phone, fate: str) -> None:
    author = MemberFactory.create()
    top = write(Phone.of(author), post, "Gone")
    write(juns, post, "But why?", reply_to=top)
    HIDDEN[fate](author, jun)
    (placeholder,) = read(juns, post)
    assert (placeholder["author"], placeholder["text"], placeholder["is_deleted"]) == (None, "", True)
    assert texts(juns, top) == ["But why?"]


def test_comments_of_a_muted_member_stay_visible(
    post: Post, mina: Member, jun: Member, minas: Phone, juns: Phone
) -> None:
    comment = write(juns, post, "Here")
    write(juns, post, "Here too", reply_to=comment)
    mina.mute(jun)
    assert (texts(minas, post), texts(minas, comment)) == (["Here"], ["Here too"])


def test_a_placeholder_tells_nobody_why_it_is_one(post: Post, jun: Member, juns: Phone) -> None:
    for fate in [*HIDDEN, "deleted"]:
        author = MemberFactory.create()
        top = write(Phone.of(author), post)
        write(juns, post, reply_to=top)
        if fate == "deleted":
            Phone.of(author).delete(f"comments/{top}")
        else:
            HIDDEN[fate](author, jun)
    shown = [one | {"id": "", "created_at": ""} for one in read(juns, post)]
    assert len(shown) == len(HIDDEN) + 1
    assert all(one == shown[0] for one in shown)


@pytest.mark.parametrize("fate", ["blocks", "blocked"])
def test_nobody_hides_from_the_author_of_the_post_and_speaks_on(
    post: Post, mina: Member, jun: Member, juns: Phone, sora: Member, fate: str
) -> None:
    write(juns, post, "You are ugly.")
    HIDDEN[fate](jun, mina)
    assert texts(Phone.of(sora), post) == []
    (jun.unblock if fate == "blocks" else mina.unblock)(mina if fate == "blocks" else jun)
    assert texts(Phone.of(sora), post) == ["You are ugly."]


def test_what_only_hidden_members_said_leaves_no_trace(post: Post, jun: Member, juns: Phone) -> None:
    author = MemberFactory.create()
    top = CommentFactory.create(post=post, author=author)
    CommentFactory.create(post=post, author=author, parent=top)
    author.block(jun)
    assert read(juns, post) == []
    assert juns.get(f"comments/{top.pk}/replies").status_code == 404


def test_a_suspension_that_ended_hides_nothing(post: Post, juns: Phone) -> None:
    author = MemberFactory.create(suspended_until=timezone.now() - timedelta(seconds=1))
    CommentFactory.create(post=post, author=author, text="Back again")
    assert texts(juns, post) == ["Back again"]
