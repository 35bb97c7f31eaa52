"""Notifications in exports, their erasure with a member, and how long they are kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import erasure
from accounts.models import Member
from notifications.cleanup import clean_up_notifications
from notifications.member_data import erase_notifications_of
from notifications.models import DisabledKind, Notification, NotificationActor, SeenMarker
from posts.models import Heart, Post
from tests.accounts.exports import download, read_json, request_export
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.conftest import logged_in
from tests.erasing import erase
from tests.notifications.conftest import others, read, see

pytestmark = pytest.mark.django_db


def test_an_export_has_notifications_with_others_as_ids(
    post: Post, mina: Member, jun: Member, minas: Phone, juns: Phone, run_jobs: Callable[[], None]
) -> None:
    juns.put(f"hearts/{post.pk}")
    comment = write(juns, post)
    newest, oldest = read(minas)
    see(minas, oldest)
    minas.patch("notifications/settings", follow=False)
    client = logged_in(mina)
    url = request_export(client)
    run_jobs()
    archive = download(client, url)
    exported = read_json(archive, "notifications")
    assert [(each["kind"], each["post_id"], each["comment_id"]) for each in exported] == [
        ("heart", str(post.pk), None),
        ("comment", None, comment),
    ]
    assert [(row["notification"], row["member"]) for row in read_json(archive, "notification-actors")] == [
        (oldest["id"], str(jun.pk)),
        (newest["id"], str(jun.pk)),
    ]
    settings = read_json(archive, "notification-settings")
    assert (settings["seen_until"][:23], settings["follow"], settings["heart"]) == (
        oldest["latest_at"][:23],
        False,
        True,
    )


def test_a_member_with_many_notifications_is_erased_in_chunks(
    post: Post, mina: Member, minas: Phone, juns: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "CHUNK", 2)
    for member in others(5):
        Heart.objects.give(post.pk, member), member.follow(mina)
    write(juns, post)
    see(minas, read(minas)[0])
    minas.patch("notifications/settings", follow=False)
    erase(mina)
    for model in (Notification, NotificationActor, SeenMarker, DisabledKind):
        assert not model.objects.exists(), model


def test_notifications_of_posts_are_deleted_in_chunks(post: Post) -> None:
    for member in others(5):
        Heart.objects.give(post.pk, member)
    assert [erase_notifications_of([post.pk], 2) for _ in range(4)] == [True, True, False, False]
    assert not Notification.objects.exists()


def test_notifications_are_kept_for_90_days(post: Post, minas: Phone, juns: Phone, soras: Phone) -> None:
    juns.put(f"hearts/{post.pk}")
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=89)):
        assert clean_up_notifications() == 0
        Heart.objects.give(post.pk, Member.objects.get(nickname="Sora"))
    with time_machine.travel(now + timedelta(days=90, minutes=1)):
        assert clean_up_notifications(dry=True) == clean_up_notifications() == 2
    assert [each["actors"][0]["nickname"] for each in read(minas)] == ["Sora"]
