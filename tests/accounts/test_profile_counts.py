"""Profile counts are exact up to a limit, and their cost stops growing there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Follow, Member
from accounts.profiles import counts
from tests.accounts.phone import Phone
from tests.factories import MemberFactory, PostFactory, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A limit that tests can reach."""
    monkeypatch.setattr(counts, "COUNT_LIMIT", 3)
    counts._compiled_counts.cache_clear()
    yield 3
    counts._compiled_counts.cache_clear()


def add_followers(member: Member, number: int) -> list[Member]:
    followers: list[Member] = MemberFactory.create_batch(number)
    put(Follow(follower=follower, followed=member) for follower in followers)
    return followers


def counts_of(member: Member, viewer: Member) -> dict[str, int]:
    counts: dict[str, int] = Phone.of(viewer).get(f"members/{member.pk}").json()["counts"]
    return counts


@pytest.mark.parametrize(("followers", "counted"), [(0, 0), (2, 2), (3, 3), (5, 3)])
def test_a_count_is_exact_up_to_the_limit_and_stops_there(
    mina: Member, jun: Member, limit: int, followers: int, counted: int
) -> None:
    add_followers(jun, followers)
    assert counts_of(jun, mina)["followers"] == counted


def test_each_kind_of_count_stops_at_the_limit(mina: Member, jun: Member, limit: int) -> None:
    add_followers(jun, 5)
    put(Follow(follower=jun, followed=other) for other in MemberFactory.create_batch(5))
    PostFactory.create_batch(5, author=jun)
    assert counts_of(jun, mina) == {"followers": limit, "following": limit, "posts": limit}


def test_below_the_limit_followers_whom_the_viewer_may_not_see_are_not_counted(
    mina: Member, jun: Member, limit: int
) -> None:
    blocked, withdrawn = add_followers(jun, 2)
    mina.block(blocked)
    withdrawn.withdraw()
    assert counts_of(jun, mina)["followers"] == 0


def test_posts_that_the_author_deleted_all_at_once_are_not_counted_at_the_limit(
    mina: Member, jun: Member, limit: int
) -> None:
    PostFactory.create_batch(5, author=jun)
    Phone.of(jun).post("me/posts/deletion", password="correct horse battery staple")
    assert counts_of(jun, mina)["posts"] == 0


def rows_read(plan: dict[str, Any]) -> int:
    """The number of rows that PostgreSQL read from tables and indexes for this plan."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if "Relation Name" in plan else 0
    return int(own * plan["Actual Loops"]) + sum(rows_read(part) for part in plan.get("Plans", []))


def explained(queryset: QuerySet[Any, Any]) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(queryset.explain(format="json", analyze=True))[0]["Plan"]
    return plan


def test_counting_a_popular_member_reads_no_more_followers_than_the_limit(
    mina: Member, jun: Member, limit: int
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production runs on")
    add_followers(jun, 300)
    for other in MemberFactory.create_batch(10):
        add_followers(other, 100)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plan = explained(counts._select_counts(jun.pk, mina.pk))
    # The followers up to the limit, and the member.
    assert rows_read(plan) == limit + 1
    assert "follow_met_list" in json.dumps(plan)


def test_a_limit_stands_in_the_statement_for_each_count(mina: Member, jun: Member) -> None:
    sql, _ = counts._select_counts(jun.pk, mina.pk).query.sql_with_params()
    assert sql.count("LIMIT 10000") == 3
