"""Whatever is hidden is missing in the list and in the count alike, and comes back if it may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member
from libs.outbox.worker import Worker
from moderation.actions import get_action
from moderation.actions.undo import undo
from notifications.models import Notification, NotificationActor
from posts.models import Post
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.erasing import erase
from tests.notifications.conftest import actors, kinds, others, read

pytestmark = pytest.mark.django_db
ALL = ["comment", "heart", "follow"]


@pytest.fixture
def comment(post: Post, juns: Phone, mina: Member) -> int:
    """Jun's comment on Mina's post, after his heart and his follow."""
    juns.put(f"follows/{mina.pk}"), juns.put(f"hearts/{post.pk}")
    return int(write(juns, post))


@pytest.mark.parametrize(
    ("hide", "show"),
    [
        (lambda mina, jun: mina.mute(jun), lambda mina, jun: mina.unmute(jun)),
        (lambda mina, jun: jun.suspend(timezone.now() + timedelta(days=1)), lambda mina, jun: jun.lift()),
        (lambda mina, jun: jun.withdraw(), lambda mina, jun: jun.cancel_withdrawal()),
    ],
    ids=["muted", "suspended", "withdrawn"],
)
def test_notifications_of_who_is_hidden_come_back_with_them(
    comment: int, minas: Phone, mina: Member, jun: Member, hide: Callable[..., Any], show: Callable[..., Any]
) -> None:
    assert kinds(minas) == ALL
    hide(mina, jun)
    assert kinds(minas) == []
    show(mina, jun)
    assert (kinds(minas), actors(minas)) == (ALL, [["Jun"]] * 3)


@pytest.mark.parametrize("is_by_mina", [True, False])
def test_a_block_hides_all_and_deletes_hearts_and_follows_for_good(
    comment: int, minas: Phone, mina: Member, jun: Member, is_by_mina: bool
) -> None:
    blocker, blocked = (mina, jun) if is_by_mina else (jun, mina)
    blocker.block(blocked)
    assert kinds(minas) == []
    Worker(["accounts.end_contact"]).drain()
    blocker.unblock(blocked)
    assert kinds(minas) == ["comment"]


def test_who_is_hidden_is_missing_among_the_others(
    post: Post, comment: int, minas: Phone, soras: Phone, mina: Member, jun: Member
) -> None:
    soras.put(f"hearts/{post.pk}")
    assert [(each["actor_count"], len(each["actors"])) for each in read(minas) if each["kind"] == "heart"] == [(2, 2)]
    mina.mute(jun)
    assert [(each["kind"], each["actor_count"]) for each in read(minas)] == [("heart", 1)]
    assert actors(minas) == [["Sora"]]


def test_a_removed_comment_is_missing_until_it_is_restored(comment: int, minas: Phone, sora: Member) -> None:
    removed = Notification.objects.get(comment=comment).comment
    decision = get_action("remove_comment").run(removed, by=sora, reason="spam")
    assert kinds(minas) == ["heart", "follow"]
    undo(decision, by=sora, reason="mistake")
    assert kinds(minas) == ALL


def test_of_a_removed_post_only_the_decision_is_left(
    post: Post, comment: int, minas: Phone, juns: Phone, sora: Member
) -> None:
    write(minas, post, reply_to=str(comment))
    assert kinds(juns) == ["reply"]
    decision = get_action("remove_post").run(post, by=sora, reason="spam")
    assert (kinds(minas), kinds(juns)) == (["decision", "follow"], [])
    undo(decision, by=sora, reason="mistake")
    assert (kinds(minas), kinds(juns)) == (["decision", "decision", *ALL], ["reply"])


def test_a_deleted_comment_takes_its_notifications_along(post: Post, comment: int, minas: Phone, juns: Phone) -> None:
    reply = write(minas, post, reply_to=str(comment))
    juns.delete(f"comments/{comment}")
    # A row without text stays for the reply.
    assert (kinds(minas), kinds(juns)) == (["heart", "follow"], ["reply"])
    minas.delete(f"comments/{reply}")
    assert (kinds(juns), Notification.objects.filter(comment__isnull=False).count()) == ([], 0)


def test_a_deleted_post_takes_its_notifications_along(post: Post, comment: int, minas: Phone) -> None:
    minas.delete(f"posts/{post.pk}")
    assert kinds(minas) == ["follow"]
    assert (Notification.objects.count(), NotificationActor.objects.count()) == (1, 1)


def test_posts_that_are_all_deleted_take_their_notifications_along(
    post: Post, comment: int, minas: Phone, mina: Member
) -> None:
    Post.objects.hide_all_of(mina)
    assert kinds(minas) == ["follow"]
    Worker(["posts.delete_posts"]).drain()
    assert (Notification.objects.count(), NotificationActor.objects.count()) == (1, 1)


def test_who_is_erased_is_missing_for_good(post: Post, comment: int, minas: Phone, jun: Member, soras: Phone) -> None:
    soras.put(f"hearts/{post.pk}")
    erase(jun)
    assert [(each["kind"], each["actor_count"]) for each in read(minas)] == [("heart", 1)]
    assert NotificationActor.objects.count() == 1


def test_a_comment_of_whom_the_member_above_does_not_see_stays_hidden(
    post: Post, comment: int, minas: Phone, juns: Phone, soras: Phone, jun: Member
) -> None:
    (other,) = others(1)
    between = write(soras, post, reply_to=str(comment))
    jun.block(other)
    write(Phone.of(other), post, reply_to=between)
    assert (kinds(juns), kinds(soras)) == (["reply"], ["reply"])
