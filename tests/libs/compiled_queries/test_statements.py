"""Statements that are compiled once answer as the ORM does, whatever the values."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from libs.compiled_queries import CompiledQuery
from posts.models import Post
from posts.representations import feed, rows_of, shown_in
from tests.factories import MemberFactory, PostFactory


def posts_since(count: int, author: int, moment: Any = None) -> Any:
    posts = Post.objects.filter(author=author)
    posts = posts.filter(created_at__gte=moment) if moment else posts
    return posts.order_by("created_at", "id").values("id", "created_at", "author__nickname")[:count]


def test_a_prepared_feed_gives_the_rows_of_the_orm(mina: Member, jun: Member) -> None:
    PostFactory.create_batch(5, author=mina)
    mina.block(MemberFactory.create())
    rows = feed(reader=jun.pk).rows(None, 3, ascending=False)
    assert rows == list(rows_of(Post.objects.feed_for(jun))[:3])
    assert len(rows) == 3


def test_other_values_run_the_same_statement_anew(mina: Member, jun: Member) -> None:
    statement = CompiledQuery(posts_since)
    for author in (mina, jun):
        PostFactory.create_batch(2, author=author)
        moment = Post.objects.filter(author=author).latest("created_at").created_at
        rows = statement.rows(5, author=author.pk, moment=moment)
        assert rows == list(posts_since(5, author.pk, moment))
        assert [row["author__nickname"] for row in rows] == [author.nickname]


def test_the_sql_is_made_once_for_each_shape(mina: Member) -> None:
    built: list[int] = []

    def build(count: int, author: int) -> Any:
        built.append(count)
        return posts_since(count, author)

    statement = CompiledQuery(build)
    for count in (2, 2, 3, 2):
        statement.rows(count, author=mina.pk)
    assert set(built) == {2, 3}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        statement.rows(2, author=mina.pk)
    assert len(queries) == 1
    assert built[-1] == 3


def test_a_value_that_the_sql_does_not_take_is_refused(db: None) -> None:
    def build(author: int) -> Any:
        return Member.objects.annotate(one=Value("1")).values("id")

    with pytest.raises(ImproperlyConfigured, match="author"):
        CompiledQuery(build).rows(author=7)


def test_pictures_of_no_post_of_these_are_no_rows(mina: Member) -> None:
    posts = PostFactory.create_batch(2, author=mina)
    assert shown_in.rows(2, post0=posts[0].pk, post1=posts[1].pk) == []
