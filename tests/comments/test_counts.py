"""The number of comments in a post, which changes only with what it counts."""

import random
from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import Member
from comments.models import Comment
from moderation.actions import get_action
from moderation.actions.undo import undo
from posts.models import Post
from posts.recount import recount
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.erasing import erase
from tests.factories import MemberFactory


def count(phone: Phone, post: Post) -> int:
    """The number in the post, which is that in the feed."""
    number = phone.get(f"posts/{post.pk}").json()["counts"]["comments"]
    assert [one["counts"]["comments"] for one in phone.get("posts").json()["results"]] == [number]
    return int(number)


@pytest.mark.django_db
def test_what_is_written_and_deleted_is_counted(post: Post, minas: Phone, juns: Phone) -> None:
    top = write(juns, post)
    reply = write(minas, post, reply_to=top)
    assert count(minas, post) == 2
    juns.delete(f"comments/{top}")
    juns.delete(f"comments/{top}")
    assert count(minas, post) == 1
    minas.delete(f"comments/{reply}")
    assert count(minas, post) == 0
    assert juns.post(f"posts/{post.pk}/comments", text="").status_code == 400
    assert count(minas, post) == 0


@pytest.mark.django_db
def test_a_removed_comment_is_not_counted_until_it_is_back(post: Post, minas: Phone, juns: Phone, sora: Member) -> None:
    comment = Comment.objects.get(pk=write(juns, post))
    decision = get_action("remove_comment").run(comment, by=sora, reason="spam")
    assert count(minas, post) == 0
    undo(decision, by=sora, reason="mistake")
    assert count(minas, post) == 1
    get_action("remove_comment").run(comment, by=sora, reason="spam")
    get_action("restore_comment").run(comment, by=sora, reason="mistake")
    assert count(minas, post) == 1


@pytest.mark.django_db
def test_an_erased_member_takes_their_comments_from_the_count(
    post: Post, minas: Phone, juns: Phone, jun: Member
) -> None:
    top = write(juns, post)
    write(minas, post, reply_to=top)
    removed = Comment.objects.get(pk=write(juns, post))
    removed.remove()
    jun.withdraw()
    erase(jun)
    assert count(minas, post) == 1


def toggle(comments: list[Comment]) -> None:
    """Remove the first of these comments, or restore it."""
    if comments[0].removed_at:
        comments[0].restore()
    else:
        comments[0].remove()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_after_anything_at_random_the_count_is_right(post: Post, minas: Phone, sora: Member, seed: int) -> None:
    rng, phones = random.Random(seed), [Phone.of(member) for member in MemberFactory.create_batch(3)]
    acts: list[Callable[[list[Comment]], object]] = [
        lambda there: rng.choice(phones).post(f"posts/{post.pk}/comments", text="x"),
        lambda there: rng.choice(phones).post(
            f"posts/{post.pk}/comments", text="x", reply_to=str(rng.choice(there).pk)
        ),
        lambda there: minas.delete(f"comments/{rng.choice(there).pk}"),
        toggle,
    ]
    write(minas, post)
    for _ in range(40):
        there = list(Comment.objects.filter(author__isnull=False).order_by("?"))
        (rng.choice(acts) if there else acts[0])(there)
        assert recount([post.pk], correct=False) == []


@pytest.mark.django_db(transaction=True)
def test_hearts_and_replies_at_once_are_all_counted(post: Post, minas: Phone, at_once: AtOnce) -> None:
    top = write(minas, post)
    phones = [Phone.of(member) for member in MemberFactory.create_batch(4)]
    replies = [partial(phone.post, f"posts/{post.pk}/comments", text="x", reply_to=top) for phone in phones]
    hearts = [partial(phone.put, f"hearts/{post.pk}") for phone in phones]
    deeds = [deed for pair in zip(replies, hearts, strict=True) for deed in pair]
    assert {answer.status_code for answer in at_once(deeds)} <= {201, 204}
    assert minas.get(f"posts/{post.pk}").json()["counts"] == {"hearts": 4, "comments": 5}
    assert recount([post.pk], correct=False) == []
