"""What notifications cost: a fixed number of statements, and the indexes that they were made for."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Follow, Member
from notifications.models import Notification, NotificationActor
from notifications.recording import compiled_growing, compiled_recipients
from notifications.representations import compiled_notifications, compiled_unseen_count
from posts.models import Heart, Post
from tests.accounts.phone import Phone
from tests.comments.test_costs import nodes, statements
from tests.factories import CommentFactory, PostFactory, put
from tests.notifications.conftest import others, see

pytestmark = pytest.mark.django_db


def fill(member: Member, posts: list[Post], givers: list[Member]) -> list[Notification]:
    """A notification of hearts of all givers for each post, behind the API's back, the newest first."""
    now = timezone.now()
    times = [now - timedelta(seconds=place) for place in range(len(posts))]
    new = put(
        Notification(member=member, kind="heart", post=each, created_at=time, latest_at=time)
        for each, time in zip(posts, times, strict=True)
    )
    put(Heart(post=each, owner=giver) for each in posts for giver in givers)
    put(NotificationActor(notification=each, actor=giver) for each in new for giver in givers)
    return new


@pytest.mark.parametrize("number", [1, 50])
def test_reading_takes_as_many_statements_whatever_is_there(minas: Phone, mina: Member, number: int) -> None:
    new = fill(mina, PostFactory.create_batch(number, author=mina), others(min(number, 5)))
    shown = minas.get("notifications?limit=50").json()["results"]
    assert len(shown) == number
    assert len(statements(partial(minas.get, "notifications?limit=50"))) == 2
    assert len(statements(partial(minas.get, "notifications/unread"))) == 1
    assert len(statements(partial(minas.put, "notifications/seen", id=str(new[0].pk)))) == 3
    assert len(statements(partial(minas.get, "notifications/settings"))) == 1
    see(minas, shown[0])


@pytest.mark.parametrize("number", [0, 50])
def test_recording_takes_as_many_statements_whatever_is_there(
    post: Post, minas: Phone, juns: Phone, mina: Member, number: int
) -> None:
    fill(mina, [post], others(number)) if number else None
    CommentFactory.create_batch(number, post=post)

    def give_anew() -> Any:
        Heart.objects.all().delete()
        NotificationActor.objects.all().delete()
        return juns.put(f"hearts/{post.pk}")

    # Two of them are deletions by this test, and five those of a heart that notifies nobody.
    assert len(statements(give_anew)) <= 2 + 5 + 4
    written = statements(lambda: juns.post(f"posts/{post.pk}/comments", text="Snow"))
    assert len(written) <= 5 + 3


def plan(sql: str, parameters: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        (found,) = cursor.fetchone()
    return nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])


def indexes(queryset: Any) -> set[str]:
    """The indexes that PostgreSQL reads; every large table is read by one."""
    found = plan(*queryset.query.sql_with_params())
    assert not [node for node in found if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE], found
    return {node["Index Name"] for node in found if "Index Name" in node}


LARGE = {each._meta.db_table for each in (Notification, NotificationActor, Heart, Follow, Post)}


@pytest.fixture
def many(mina: Member, post: Post) -> Post:
    """Thousands of notifications of Mina's, one of them with thousands of actors, and those of others."""
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    givers = others(20)
    fill(mina, put(Post(author=mina, text="x") for _ in range(1_500)), givers[:2])
    for other in givers[:8]:
        fill(other, put(Post(author=other, text="x") for _ in range(500)), givers[8:10])
    fans = put(Member(email=f"fan{place}@example.com", nickname="x") for place in range(3_000))
    fill(mina, [post], fans)
    put(Follow(follower=fan, followed=mina) for fan in fans)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return post


def test_pages_and_counts_read_indexes_only(many: Post, mina: Member) -> None:
    page = compiled_notifications.build(viewer=mina.pk)[:21]
    assert {"notification_list", "notification_actors", "heart_once"} <= indexes(page)
    assert "notification_list" in indexes(compiled_unseen_count.build(viewer=mina.pk))


def test_recording_reads_indexes_only(many: Post, mina: Member, jun: Member) -> None:
    now, target = timezone.now(), {"post": many.pk}
    times = {"repeated_since": now - timedelta(days=30), "trusted_before": now}
    recipients = compiled_recipients.build("heart", members=[mina.pk], actor=jun.pk, **times, **target)
    assert "notification_of_actor" in indexes(recipients)
    since = now - timedelta(days=1)
    assert "notification_of_post" in indexes(compiled_growing.build("heart", member=mina.pk, since=since, **target))
    assert "notification_follows" in indexes(compiled_growing.build("follow", member=mina.pk, since=since))


def test_every_foreign_key_leads_an_index() -> None:
    for model in (Notification, NotificationActor):
        leading = {index.fields[0].lstrip("-") for index in model._meta.indexes}
        keys = {field.name for field in model._meta.fields if field.is_relation}
        assert keys <= leading, model
