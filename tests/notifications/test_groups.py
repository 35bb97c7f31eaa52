"""Hearts of a post, and follows, share a notification until it is seen."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Member
from comments.models import Comment
from notifications.models import Notification, NotificationActor, SeenMarker
from posts.models import Heart, Post
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.factories import PostFactory, put
from tests.notifications.conftest import actors, kinds, others, read, see

pytestmark = pytest.mark.django_db


def give(post: Post, members: list[Member]) -> None:
    for member in members:
        Heart.objects.give(post.pk, member)


def test_hearts_of_one_post_share_a_notification_until_it_is_seen(post: Post, minas: Phone) -> None:
    members = others(6)
    give(post, members[:5])
    (shown,) = read(minas)
    assert [actor["id"] for actor in shown["actors"]] == [str(each.pk) for each in members[4:1:-1]]
    assert shown["actor_count"] == 5
    see(minas, shown)
    give(post, members[5:])
    assert [(each["actor_count"], each["is_seen"]) for each in read(minas)] == [(1, False), (5, True)]


def test_a_notification_grows_for_a_day_at_most(post: Post, minas: Phone) -> None:
    one, another, third = others(3)
    now = timezone.now()
    for hours, member in ((0, one), (20, another), (25, third)):
        with time_machine.travel(now + timedelta(hours=hours)):
            give(post, [member])
    assert [each["actor_count"] for each in read(minas)] == [1, 2]


def test_posts_and_kinds_have_notifications_of_their_own(post: Post, minas: Phone, mina: Member, juns: Phone) -> None:
    other = PostFactory.create(author=mina)
    for path in (f"hearts/{post.pk}", f"hearts/{other.pk}", f"follows/{mina.pk}"):
        juns.put(path)
    assert [(each["kind"], each["post_id"]) for each in read(minas)] == [
        ("follow", None),
        ("heart", str(other.pk)),
        ("heart", str(post.pk)),
    ]


def test_a_notification_that_grows_moves_to_the_top(post: Post, minas: Phone, juns: Phone, sora: Member) -> None:
    juns.put(f"hearts/{post.pk}")
    write(juns, post)
    assert kinds(minas) == ["comment", "heart"]
    give(post, [sora])
    assert (kinds(minas), actors(minas)) == (["heart", "comment"], [["Sora", "Jun"], ["Jun"]])


def test_what_came_after_the_page_stays_unseen(post: Post, minas: Phone, juns: Phone, soras: Phone) -> None:
    juns.put(f"hearts/{post.pk}")
    (shown,) = read(minas)
    # The phone shows the page; meanwhile somebody comments, and the newest that it shows grows.
    write(juns, post)
    soras.put(f"hearts/{post.pk}")
    see(minas, shown)
    assert [(each["kind"], each["is_seen"]) for each in read(minas)] == [("heart", False), ("comment", False)]


def test_everything_up_to_what_was_displayed_is_seen_by_one_row(post: Post, minas: Phone, juns: Phone) -> None:
    ids = [write(juns, post) for _ in range(4)]
    newest, second, *_ = read(minas)
    assert minas.put("notifications/seen", id=second["id"]).status_code == 204
    assert [each["is_seen"] for each in read(minas)] == [False, True, True, True]
    for shown in (newest, second):
        see(minas, shown)
    assert [each["is_seen"] for each in read(minas)] == [True] * len(ids)
    assert SeenMarker.objects.count() == 1


def test_only_ones_own_notifications_are_marked_as_seen(post: Post, minas: Phone, juns: Phone) -> None:
    write(juns, post)
    shown = read(minas)[0]["id"]
    assert juns.put("notifications/seen", id=shown).status_code == 404
    assert juns.put("notifications/seen", id="7").status_code == 404
    for latest_at in ("2026-11-24", "2026-11-24T09:00:00", 7, None, "0001-01-01T00:00:00+10:00"):
        assert minas.put("notifications/seen", id=shown, latest_at=latest_at).status_code == 400
    # The time of the notification is the newest that it can be marked with.
    minas.put("notifications/seen", id=shown, latest_at="9000-01-01T00:00:00Z")
    write(juns, post)
    assert [each["is_seen"] for each in read(minas)] == [False, True]


def test_the_last_full_page_has_no_next_one(post: Post, minas: Phone, juns: Phone) -> None:
    ids = [write(juns, post) for _ in range(4)][::-1]
    first = minas.get("notifications?limit=2").json()
    second = minas.get(f"notifications?limit=2&cursor={first['next']}").json()
    assert [each["comment_id"] for each in first["results"] + second["results"]] == ids
    assert second["next"] is None


def test_more_than_a_hundred_are_counted_as_a_hundred_and_more(post: Post, minas: Phone, jun: Member) -> None:
    comments = put(Comment(post=post, author=jun, text="x") for _ in range(101))
    new = put(Notification(member=post.author, kind="comment", comment=comment) for comment in comments)
    put(NotificationActor(notification=each, actor=jun) for each in new)
    assert minas.get("notifications/unread").json() == {"count": 100, "more": True}
    comments[0].remove()
    assert minas.get("notifications/unread").json() == {"count": 100, "more": False}
    comments[1].remove()
    assert minas.get("notifications/unread").json() == {"count": 99, "more": False}


@pytest.mark.django_db(transaction=True)
def test_fifty_hearts_by_ten_threads_make_one_notification(post: Post, minas: Phone, at_once: AtOnce) -> None:
    members = others(50)
    at_once([partial(give, post, members[first::10]) for first in range(10)])
    (shown,) = read(minas)
    assert (shown["actor_count"], len(shown["actors"])) == (50, 3)
    assert Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_hearts_comments_and_deletions_at_once_leave_no_fault(mina: Member, at_once: AtOnce) -> None:
    phones = [Phone.of(member) for member in others(3)]
    for _ in range(3):
        post, author = PostFactory.create(author=mina), Phone.of(mina)
        deeds = [partial(phone.put, f"hearts/{post.pk}") for phone in phones]
        deeds += [partial(phone.post, f"posts/{post.pk}/comments", text="x") for phone in phones]
        deeds += [partial(author.get, "notifications"), partial(author.delete, f"posts/{post.pk}")]
        answers = at_once(deeds)
        assert {answer.status_code for answer in answers} <= {200, 201, 204, 404}
    assert not Notification.objects.exists()
