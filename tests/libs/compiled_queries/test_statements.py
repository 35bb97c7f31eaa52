"""Statements that are compiled once return what the ORM returns, whatever the values."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction
from django.db.models import Value
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Member
from libs.compiled_queries import CompiledQuery
from posts.models import Post
from posts.representations import compiled_feed, post_values
from tests.factories import MemberFactory, PostFactory

EXAMPLE = {"author": 0, "since": datetime(2000, 1, 1, tzinfo=UTC)}
built: list[int] = []


def posts_since(count: int, author: int, since: datetime) -> Any:
    built.append(count)
    posts = Post.objects.filter(author=author, created_at__gte=since)
    return posts.order_by("created_at", "id").values("id", "created_at", "author__nickname")[:count]


@pytest.fixture
def query() -> CompiledQuery:
    """What `posts_since` gives, compiled for one post."""
    compiled = CompiledQuery(posts_since, [((1,), EXAMPLE)])
    built.clear()
    return compiled


def test_a_compiled_feed_gives_the_rows_of_the_orm(mina: Member, jun: Member) -> None:
    PostFactory.create_batch(5, author=mina)
    mina.block(MemberFactory.create())
    rows = compiled_feed(viewer=jun.pk).rows(None, 3, ascending=False)
    assert rows == list(post_values(Post.objects.feed_for(jun), jun)[:3])
    assert len(rows) == 3


def test_other_values_run_the_same_statement_anew(query: CompiledQuery, mina: Member, jun: Member) -> None:
    for author in (mina, jun):
        PostFactory.create_batch(2, author=author)
        since = Post.objects.filter(author=author).latest("created_at").created_at
        rows = query.rows(5, author=author.pk, since=since)
        assert rows == list(posts_since(5, author.pk, since))
        assert [row["author__nickname"] for row in rows] == [author.nickname]


def test_the_sql_is_made_once_for_each_shape(query: CompiledQuery, mina: Member) -> None:
    for count in (1, 2, 2, 3, 2):
        query.rows(count, **EXAMPLE | {"author": mina.pk})
    # Each shape is built twice, and compared.
    assert built == [2, 2, 3, 3]
    with CaptureQueriesContext(connection) as queries:
        query.rows(2, **EXAMPLE)
    assert len(queries) == 1


class ReplicaRouter:
    """Reads everything from a replica."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str:
        return "replica"


@pytest.fixture
def _replica(query: CompiledQuery, settings: Settings) -> Iterator[None]:
    """A second alias, which leads to the same database."""
    settings.DATABASE_ROUTERS = [ReplicaRouter()]
    connections["replica"] = connections["default"]
    yield
    del connections["replica"]


@pytest.mark.usefixtures("_replica")
def test_rows_are_read_from_the_database_that_the_router_chooses(query: CompiledQuery, mina: Member) -> None:
    post = PostFactory.create(author=mina)
    for _ in range(2):
        (row,) = query.rows(1, **EXAMPLE | {"author": mina.pk})
        assert row["id"] == post.pk
    # Compiled anew for the other database, once.
    assert built == [1, 1]


def test_a_value_that_the_sql_does_not_take_is_refused() -> None:
    def build(author: int) -> Any:
        return Member.objects.annotate(one=Value("1")).values("id")

    with pytest.raises(ImproperlyConfigured, match="author"):
        CompiledQuery(build)


@pytest.mark.parametrize("email", ["mina@example.com", "nobody@example.com", "' OR '1'='1", "%s"])
def test_a_compiled_query_finds_the_instance_of_the_orm(mina: Member, email: str) -> None:
    found, expected = Member.objects.find_by_email(email), Member.objects.filter(email=email).first()
    assert found == expected
    assert expected is None or (vars(found) | {"_state": None}) == (vars(expected) | {"_state": None})


@pytest.mark.django_db(transaction=True)
def test_a_compiled_lock_is_refused_outside_of_a_transaction(mina: Member) -> None:
    with transaction.atomic():
        assert Member.objects.lock(mina.pk) == mina
    if connection.features.has_select_for_update:
        with pytest.raises(TransactionManagementError):
            Member.objects.lock(mina.pk)
