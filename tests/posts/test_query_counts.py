"""What requests cost: a fixed number of statements, and the index each was made for."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Member
from media.models import Image
from posts.models import Heart, Post, PostImage
from posts.representations import compiled_author_feed, compiled_feed, compiled_followed_feed
from tests.factories import MemberFactory, put

POSTS = "/api/v1/posts"


def write(author: Member, number: int, *, image_count: int = 0) -> list[Post]:
    """So many posts of the author and of as many others as there are posts, written behind the API's back."""
    now = timezone.now()
    posts = put(
        Post(author=author, text="x", image_count=image_count, created_at=now - timedelta(minutes=place))
        for place in range(number)
    )
    images = put(Image(owner=author, width=8, height=8, bytes=9, stored_at=now) for _ in range(number * image_count))
    PostImage.objects.bulk_create(
        PostImage(post=posts[place // image_count], image=image, position=place % image_count)
        for place, image in enumerate(images)
    )
    return posts


def statements(send: Callable[[], Any], status: int = 200) -> list[str]:
    """The statements a request takes once the session is known to be alive."""
    send()
    with CaptureQueriesContext(connection) as captured:
        assert send().status_code == status
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("number", [1, 50])
@pytest.mark.parametrize("params", [{}, {"author": True}, {"following": "true", "has_images": "true"}])
def test_a_page_of_the_feed_takes_one_statement_whatever_its_length(
    mina: Member, jun: Member, jun_api: APIClient, number: int, params: dict[str, Any]
) -> None:
    jun.follow(mina)
    write(mina, number, image_count=2)
    params = {"limit": 50} | {name: mina.pk if value is True else value for name, value in params.items()}
    assert len(jun_api.get(POSTS, params).json()["results"]) == number
    assert len(statements(lambda: jun_api.get(POSTS, params))) == 1


@pytest.mark.parametrize("image_count", [1, 10])
def test_reading_a_post_takes_one_statement_whatever_its_number_of_images(
    mina: Member, jun_api: APIClient, image_count: int
) -> None:
    (post,) = write(mina, 1, image_count=image_count)
    assert len(statements(lambda: jun_api.get(f"{POSTS}/{post.pk}"))) == 1


def test_publishing_a_text_takes_two_statements_and_a_transaction(mina_api: APIClient) -> None:
    sent = statements(lambda: mina_api.post(POSTS, {"text": "Snow."}, format="json"), 201)
    # The post, and what the response shows of it; the transaction is a savepoint in a test.
    bounds = ("SAVEPOINT", "RELEASE SAVEPOINT")
    assert [str(sql).startswith(bounds) for sql in sent] == [True, False, False, True]


def indexes(plan: dict[str, Any]) -> set[str]:
    """Every index that a plan of PostgreSQL reads."""
    inner = [indexes(part) for part in plan.get("Plans", [])]
    return {plan.get("Index Name", "")}.union(*inner)


def tables_read_whole(plan: dict[str, Any]) -> set[str]:
    """Every table that a plan of PostgreSQL reads from its beginning to its end."""
    inner = [tables_read_whole(part) for part in plan.get("Plans", [])]
    own = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return own.union(*inner)


def explained(queryset: QuerySet[Any, Any]) -> dict[str, Any]:
    """The plan of the first page."""
    plan: dict[str, Any] = json.loads(queryset[:21].explain(format="json"))[0]["Plan"]
    return plan


@pytest.fixture
def crowd(jun: Member) -> Member:
    """Jun, who blocks somebody, among writers of thousands of posts; the one who wrote most."""
    writers = MemberFactory.create_batch(20)
    for writer in writers:
        write(writer, 2_000 if writer is writers[1] else 100)
    jun.block(writers[0])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return writers[1]


def test_the_feeds_are_read_from_the_indexes_made_for_them(crowd: Member, jun: Member) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    everybody = explained(compiled_feed.build(viewer=jun.pk))
    of_one = explained(compiled_author_feed.build(viewer=jun.pk, author=crowd.pk))
    assert "post_feed" in indexes(everybody)
    assert "post_of_author" in indexes(of_one)
    assert '"Sort"' not in json.dumps([everybody, of_one])


@pytest.mark.parametrize("build", [compiled_feed.build, partial(compiled_author_feed.build, author=0)])
def test_hearts_of_a_reader_are_looked_up_post_by_post(crowd: Member, jun: Member, build: Callable[..., Any]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    hearts = (
        "INSERT INTO posts_heart (id, post_id, owner_id, created_at) "
        "SELECT row_number() OVER (), post.id, member.id, now() FROM posts_post post, accounts_member member "
        "WHERE member.id = %s OR member.id %% 4 = 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(hearts, [jun.pk])
        cursor.execute("INSERT INTO posts_savedpost SELECT * FROM posts_heart")
        cursor.execute("ANALYZE posts_heart, posts_savedpost")
    assert Heart.objects.filter(owner=jun).count() == Post.objects.count()
    plan = explained(build(viewer=jun.pk))
    assert {"heart_once", "saved_post_once"} <= indexes(plan)
    assert "heart_of_owner" not in indexes(plan)
    assert not {"posts_heart", "posts_savedpost"} & tables_read_whole(plan)


def posts_read(read: Callable[[], Any]) -> int:
    """How many rows of posts PostgreSQL reads for it."""
    counter = (
        "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'posts_post'"
    )

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute(counter)
            return int(cursor.fetchone()[0])

    before = count()
    read()
    return count() - before


@pytest.mark.parametrize("average", [3, 20, 60])
def test_a_page_of_an_active_author_reads_no_more_posts_than_it_shows(mina: Member, jun: Member, average: int) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    for writer in MemberFactory.create_batch(50):
        write(writer, average)
    write(mina, 2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE posts_post")
    feed = compiled_author_feed(viewer=jun.pk, author=mina.pk)
    # Prepared, and so planned for any author, from the second time on.
    assert [posts_read(lambda: feed.rows(None, 21, ascending=False)) for _ in range(3)] == [21] * 3


def test_a_page_of_followed_authors_reads_a_page_of_each_at_most(mina: Member, jun: Member) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    authors = [mina, *MemberFactory.create_batch(3)]
    for author in authors:
        write(author, 500)
        jun.follow(author)
    # What others wrote since would be read before, in the order of the feed.
    Post.objects.update(created_at=F("created_at") - timedelta(days=30))
    others = (
        "INSERT INTO posts_post (id, author_id, text, image_count, created_at) "
        "SELECT n, %s, 'x', 0, now() - n * interval '1 second' FROM generate_series(1, 150000) n"
    )
    with connection.cursor() as cursor:
        cursor.execute(others, [MemberFactory.create().pk])
        cursor.execute("ANALYZE posts_post, accounts_follow")
    feed = compiled_followed_feed(viewer=jun.pk)
    # A page of each author, and then those of the page with all their columns.
    assert max(posts_read(lambda: feed.rows(None, 21, ascending=False)) for _ in range(3)) <= (len(authors) + 1) * 21
