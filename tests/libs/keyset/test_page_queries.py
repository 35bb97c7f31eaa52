"""Pages in both directions, to both ends, and over rows that are added and deleted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from libs.keyset.errors import InvalidCursor
from libs.keyset.page_queries import paginate
from tests.libs.keyset.followers import START, Followers, ids


def test_next_leads_through_equal_times_to_the_end(ten: Followers) -> None:
    first = ten.page(size=4)
    second = ten.page(first.next, size=4)
    third = ten.page(second.next, size=4)
    assert [ids(page) for page in (first, second, third)] == [[9, 8, 7, 6], [5, 4, 3, 2], [1, 0]]
    assert third.next is None


def test_previous_leads_back_in_the_same_order(ten: Followers) -> None:
    second = ten.page(ten.page(size=4).next, size=4)
    back = ten.page(second.previous, size=4)
    assert ids(back) == [9, 8, 7, 6]
    assert ids(ten.page(back.next, size=4)) == ids(second)


def test_a_list_with_the_oldest_first_has_pages_too(ten: Followers) -> None:
    ten.order = ("created_at", "id")
    first = ten.page(size=4)
    second = ten.page(first.next, size=4)
    assert [ids(first), ids(second)] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert ids(ten.page(second.previous, size=3)) == [1, 2, 3]


def test_a_full_last_page_knows_that_it_is_the_last(ten: Followers) -> None:
    assert ten.page(ten.page(size=5).next, size=5).next is None
    assert ten.page(size=10).next is None


def test_previous_of_the_first_page_gives_newer_rows_later(ten: Followers) -> None:
    top = ten.page().previous
    nothing = ten.page(top)
    assert (ids(nothing), nothing.previous) == ([], top)
    for id_ in range(10, 15):
        ten.add(id_, tick=100)
    newer = ten.page(top)
    assert ids(newer) == [12, 11, 10]
    assert ids(ten.page(newer.previous)) == [14, 13]


def test_an_empty_page_at_the_top_leads_to_the_first_page(ten: Followers) -> None:
    nothing = ten.page(ten.page().previous)
    assert ids(ten.page(nothing.next)) == [9, 8, 7]


def test_an_empty_page_at_the_end_leads_to_the_last_page(ten: Followers) -> None:
    page = ten.page(size=8)
    ten.remove(0, 1)
    nothing = ten.page(page.next)
    assert (ids(nothing), nothing.next) == ([], None)
    assert ids(ten.page(nothing.previous)) == [4, 3, 2]
    ten.remove(*range(10))
    assert ids(ten.page(ten.page(nothing.previous).next)) == []


def test_a_list_without_rows_has_neither_next_nor_previous(followers: Followers) -> None:
    page = followers.page()
    assert (page.rows, page.next, page.previous) == ([], None, None)


def test_the_next_page_follows_a_last_row_that_was_deleted(ten: Followers) -> None:
    page = ten.page(size=4)
    ten.remove(*ids(page))
    assert ids(ten.page(page.next)) == [5, 4, 3]


def test_rows_of_values_have_the_same_pages_as_instances(ten: Followers) -> None:
    rows = ten.all().values("id", "created_at", "follower__nickname")
    first = paginate(rows, cursor=None, size=4, bound_to="followers")
    second = paginate(rows, cursor=first.next, size=2, bound_to="followers")
    assert second.rows[0] == {"id": 5, "created_at": ten.all()[4].created_at, "follower__nickname": "6@example.com"}
    assert second.next == ten.page(first.next, size=2).next


def test_a_page_costs_one_query_and_reads_one_row_more(
    ten: Followers, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cursor = ten.page().next
    with django_assert_num_queries(1) as seen:
        ten.page(cursor, size=7)
    assert seen.captured_queries[0]["sql"].endswith("LIMIT 8")


def test_a_cursor_of_the_other_order_or_another_list_is_refused(ten: Followers) -> None:
    page = ten.page()
    for cursor in (page.next, page.previous):
        with pytest.raises(InvalidCursor):
            paginate(ten.all(), cursor=cursor, size=3, bound_to="another list")
        with pytest.raises(InvalidCursor):
            paginate(ten.all().order_by("created_at", "id"), cursor=cursor, size=3, bound_to="followers")


@pytest.mark.parametrize("order", [(), ("-created_at",), ("-created_at", "id"), ("-id", "-created_at"), ("?",)])
def test_a_list_in_another_order_is_an_error(followers: Followers, order: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="ordered by"):
        paginate(followers.all().order_by(*order), cursor=None, size=3, bound_to="followers")


def test_whole_seconds_and_microseconds_sort_alike_on_every_database(followers: Followers) -> None:
    for id_, tick in enumerate([0, 1, 999_999, 1_000_000, 1_000_001]):
        followers.add(id_, tick)
    seen: list[int] = []
    cursor = None
    for _ in range(5):
        page = followers.page(cursor, size=1)
        seen, cursor = seen + ids(page), page.next
    assert (seen, cursor) == ([4, 3, 2, 1, 0], None)
    assert page.rows[0].created_at == START


def test_postgresql_reads_a_page_from_the_index_alone(followers: Followers) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the plan is PostgreSQL's")
    followers.add(1, tick=1)
    followers.add(2, tick=2)
    cursor = followers.page(size=1).next
    with CaptureQueriesContext(connection) as seen:
        followers.page(cursor)
    with connection.cursor() as sql:
        # Two rows are read faster without the index.
        sql.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        sql.execute(f"EXPLAIN {seen[0]['sql']}")
        plan = "\n".join(line for (line,) in sql.fetchall())
    assert "Index Scan using follow_met_list" in plan
    assert "AND (ROW(created_at, id) < ROW(" in plan
    assert "Sort" not in plan
    assert "Filter" not in plan
