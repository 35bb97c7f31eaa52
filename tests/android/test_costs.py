"""What scrolling costs: as many statements on page 500 as on page 0, from the index made for them, row for row."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from android.feed_pages import app_author_feed, app_feed
from libs.keyset.querysets import rows_after
from posts.models import Post
from tests.android.app import App
from tests.posts.test_query_counts import crowd as crowd
from tests.posts.test_query_counts import indexes, write


def statements(read: Callable[[], Any]) -> int:
    """How many it takes."""
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


@pytest.mark.parametrize("size", [1, 50])
def test_a_page_takes_one_statement_however_long_it_is(jun: Member, mina_app: App, size: int) -> None:
    write(jun, 100, image_count=2)
    mina_app.posts(0, size)
    assert len(mina_app.posts(1, size)) == size
    assert [statements(lambda page=page: mina_app.posts(page, size)) for page in (0, 1)] == [1, 1]  # type: ignore[misc]


def test_page_five_hundred_takes_no_statement_more_than_page_nought(mina: Member, mina_app: App) -> None:
    write(mina, 5_010)
    for read in (mina_app.posts, mina_app.own_posts):
        for page in (49, 499):
            read(page)
            assert statements(lambda: read(page + 1)) == 1  # noqa: B023 - called at once
            # Asked for again, it is where it was.
            assert statements(lambda: read(page + 1)) == 1  # noqa: B023 - called at once
        assert statements(lambda: read(0)) == 1  # noqa: B023 - called at once


def test_a_jump_without_memory_takes_one_statement_more(jun: Member, mina_app: App) -> None:
    write(jun, 40)
    mina_app.posts(0, 7)
    assert statements(lambda: mina_app.posts(3, 10)) == 2


def read_rows(plan: dict[str, Any]) -> int:
    """Rows of posts that the plan read, returned or not."""
    own = (
        plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if plan.get("Relation Name") == "posts_post" else 0
    )
    return int(own) + sum(read_rows(part) for part in plan.get("Plans", []))


def executed(queryset: QuerySet[Any, Any]) -> dict[str, Any]:
    """The plan of a page of ten, with what it met."""
    plan: dict[str, Any] = json.loads(queryset[:10].explain(format="json", analyze=True))[0]["Plan"]
    return plan


@pytest.mark.parametrize("page", [0, 1, 100, 180])
def test_any_page_is_read_from_the_index_and_little_more_than_its_rows(crowd: Member, jun: Member, page: int) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production runs on")
    first = {
        "post_feed": app_feed.build(reader=jun.pk),
        "post_of_author": app_author_feed.build(reader=jun.pk, author=crowd.pk),
    }
    seen = Post.objects.feed_for(jun)
    for index, rows in first.items():
        walked = seen.filter(author=crowd) if index == "post_of_author" else seen
        last = walked.values_list("created_at", "id")[page * 10 - 1] if page else None
        plan = executed(rows_after(rows, app_feed.columns, last, ascending=False, inclusive=False) if last else rows)
        assert index in indexes(plan)
        assert '"Sort"' not in json.dumps(plan)
        assert read_rows(plan) <= 20
