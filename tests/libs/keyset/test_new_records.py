"""Saving new records, one by one and many at once."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member
from libs.keyset.ids import first_id_at, new_id
from libs.keyset.models import save_all
from posts.models import Post


def posts_of(author: Member, number: int) -> list[Post]:
    """Return posts that are not saved yet."""
    return [Post(author=author, text=str(place)) for place in range(number)]


def test_a_record_is_saved_by_one_statement_within_a_transaction(mina: Member) -> None:
    (post,) = posts_of(mina, 1)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        post.save()
    assert len(queries) == 1
    stored = Post.objects.get()
    assert (stored.pk, stored.text, stored.created_at) == (post.pk, "0", post.created_at)


def test_a_record_whose_id_is_taken_is_saved_with_another_one(mina: Member) -> None:
    (old,) = save_all(posts_of(mina, 1))
    new = Post(pk=old.pk, author=mina, text="new")
    with transaction.atomic():
        new.save(force_insert=True)
    assert {post.pk: post.text for post in Post.objects.all()} == {old.pk: "0", new.pk: "new"}
    new.text = "changed"
    new.save()
    assert set(Post.objects.values_list("text", flat=True)) == {"0", "changed"}


def test_a_record_that_breaks_a_constraint_is_refused(mina: Member) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Post(author=mina, text="x", image_count=-1).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Member(email=mina.email, password="x", name="x", nickname="x").save()


def test_seven_new_records_are_saved_by_one_statement(mina: Member) -> None:
    with CaptureQueriesContext(connection) as queries:
        saved = save_all(posts_of(mina, 7))
    assert sum("INSERT" in query["sql"] for query in queries) == 1
    assert set(Post.objects.values_list("pk", flat=True)) == {post.pk for post in saved}


def test_a_new_record_whose_id_is_taken_gets_another_one(mina: Member) -> None:
    (old,) = save_all(posts_of(mina, 1))
    new = posts_of(mina, 3)
    new[1].pk = old.pk
    with transaction.atomic():
        save_all(new)
    assert Post.objects.count() == 4
    assert Post.objects.get(pk=old.pk).text == "0"
    assert [post.text for post in Post.objects.filter(pk__in=[post.pk for post in new]).order_by("text")] == [
        "0", "1", "2",
    ]  # fmt: skip


def test_other_errors_than_a_taken_id_are_raised(mina: Member) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        save_all([Post(author=mina, text="x", image_count=-1)])
    assert save_all([]) == []


def test_records_made_before_a_time_have_smaller_ids_than_those_made_after_it() -> None:
    before, moment = new_id(), timezone.now() + timedelta(milliseconds=2)
    with time_machine.travel(moment, tick=False):
        after = new_id()
    assert before < first_id_at(moment) <= after
