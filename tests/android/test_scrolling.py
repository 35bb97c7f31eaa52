"""Scrolling as the app does it: page by page until one is short, while others write, delete and block."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Block, Member
from android import feed_pages
from libs.keyset.cursors import Cursor
from posts.models import Post
from tests.android.app import App
from tests.android.calls import refusal, send_once
from tests.android.conftest import app_of
from tests.android.okhttp import Answer, Request
from tests.factories import MemberFactory, PostFactory

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def write(author: Member, *texts: str, tick: int = 0) -> list[Post]:
    """Posts of one and the same moment, so many seconds after noon."""
    at = NOON + timedelta(seconds=tick)
    return [PostFactory.create(author=author, text=text, created_at=at) for text in texts]


def numbered(author: Member, number: int) -> None:
    """So many posts, "0" the newest."""
    for place in range(number):
        write(author, str(place), tick=-place)


def texts(posts: list[dict[str, Any]]) -> list[str]:
    """What a page says."""
    return [post["content"] for post in posts]


def to_the_end(app: App) -> list[str]:
    """What somebody reads who scrolls down until the app stops asking."""
    read: list[str] = []
    for page in range(20):
        posts = texts(app.posts(page))
        read += posts
        if len(posts) != 10:
            return read
    raise AssertionError("the app never stops")


def read_from(app: App, query: str, path: str = "/post/posts") -> Answer:
    """The first answer to a query of any shape."""
    return send_once(app, Request("GET", path + query))


@pytest.mark.parametrize("number", [0, 1, 10, 19, 20])
def test_the_app_reads_every_post_once_and_stops(jun: Member, mina_app: App, number: int) -> None:
    numbered(jun, number)
    assert to_the_end(mina_app) == [str(place) for place in range(number)]
    last = int(mina_app.exchanges[-1][0].path.partition("&page=")[2].partition("&")[0])
    assert last == number // 10
    assert mina_app.posts(number // 10 + 1) == mina_app.posts(400) == []


@pytest.mark.parametrize("page", ["0", "1"])
@pytest.mark.parametrize("size", ["1", "50"])
def test_pages_count_from_nought_and_hold_up_to_fifty(
    mina: Member, jun: Member, mina_app: App, page: str, size: str
) -> None:
    numbered(jun, 100)
    answer = read_from(mina_app, f"?member_id={mina.pk}&page={page}&size={size}")
    first = int(page) * int(size)
    assert texts(answer.json()["posts"]) == [str(place) for place in range(first, first + int(size))]


BAD = ["-1", "", "x", "1.5", "1e1", "+1", " 1", "٣", "0x1", "null", "9" * 30]


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("name", ["page", "size"])
def test_a_page_or_size_out_of_range_is_a_bad_request(mina: Member, mina_app: App, name: str, value: str) -> None:
    query = {"member_id": str(mina.pk), "page": "0", "size": "10"} | {name: value}
    query_string = "?" + "&".join(f"{field}={text.replace('+', '%2B')}" for field, text in query.items())
    for path, also in {
        "/post/posts": query_string,
        f"/post/posts/{mina.pk}": query_string.replace(f"member_id={mina.pk}&", ""),
    }.items():
        answer = read_from(mina_app, also, path)
        assert refusal("posts", answer) == (400, "GLOBAL_002")


@pytest.mark.parametrize("left_out", ["member_id", "page", "size"])
def test_a_page_without_number_or_size_is_a_bad_request(mina: Member, mina_app: App, left_out: str) -> None:
    query = {"member_id": mina.pk, "page": 0, "size": 10}
    del query[left_out]
    answer = read_from(mina_app, "?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert refusal("posts", answer) == (400, "GLOBAL_002")


@pytest.mark.parametrize("size", ["0", "51"])
def test_no_page_has_nought_or_more_than_fifty(mina: Member, mina_app: App, size: str) -> None:
    for path in (f"/post/posts?member_id={mina.pk}&", f"/post/posts/{mina.pk}?"):
        answer = read_from(mina_app, f"page=0&size={size}", path)
        assert refusal("posts", answer) == (400, "GLOBAL_002")


def test_hidden_posts_are_left_out_before_the_page_is_cut(mina: Member, jun: Member, mina_app: App) -> None:
    numbered(jun, 25)
    blocked, blocker, suspended, withdrawn, silent, removed = MemberFactory.create_batch(6)
    for place, hidden in enumerate((blocked, blocker, suspended, withdrawn, silent, removed)):
        write(hidden, "hidden", "hidden", tick=-4 * place)
    mina.block(blocked)
    blocker.block(mina)
    Member.objects.filter(pk=suspended.pk).update(suspended_until=datetime(2100, 1, 1, tzinfo=UTC))
    Member.objects.filter(pk=withdrawn.pk).update(withdrawn_at=NOON)
    Post.objects.hide_all_of(silent)
    Post.objects.filter(author=removed).update(removed_at=NOON)
    assert to_the_end(mina_app) == [str(place) for place in range(25)]
    assert [len(mina_app.posts(page)) for page in range(4)] == [10, 10, 5, 0]


# So few ticks that most posts share theirs with others; ids come by themselves, the later the higher.
ticks = st.lists(st.integers(0, 2), max_size=12)
happenings = st.tuples(ticks, st.sets(st.integers(0, 30), max_size=4), st.booleans(), st.booleans())
NOTHING: tuple[list[int], set[int], bool, bool] = ([], set(), False, False)
examples = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@examples
@given(ticks, st.lists(happenings, max_size=6), st.integers(1, 4))
@example([0] * 12, [([2, 2, 0], {11}, False, True), ([1], {0, 9}, True, False)], 4)
def test_whatever_happens_meanwhile_no_post_comes_twice_and_none_is_missed(
    mina: Member, jun: Member, settings: Any, first: list[int], then: list[Any], size: int
) -> None:
    settings.RATE_LIMITS = False
    Post.objects.all().delete()
    mina.unblock(jun)
    minas, juns = app_of(mina), [post.pk for tick in first for post in write(jun, "first", tick=tick)]
    minas_own = [post.pk for tick in first for post in write(mina, "own", tick=tick)]
    stayed, read, life = {*juns, *minas_own}, list[int](), iter(then)
    for page in range(60):
        posts = minas.posts(page, size)
        written, gone, blocks, is_lost = next(life, NOTHING)
        stayed -= _go_on(mina, jun, written, [minas_own[at] for at in gone if at < len(minas_own)], blocks)
        if is_lost:
            posts = minas.posts(page, size)
        read += [post["id"] for post in posts]
        if len(posts) < size:
            break
    assert len(read) == len(set(read))
    assert stayed <= set(read)


def _go_on(mina: Member, jun: Member, written: list[int], gone: list[int], blocks: bool) -> set[int]:
    """Life between two pages; gives the posts that were not there all the time."""
    for tick in written:
        write(mina, "new", tick=tick)
    Post.objects.filter(pk__in=gone).delete()
    if not blocks:
        return set(gone)
    is_blocked = Block.objects.filter(blocker=mina, blocked=jun).exists()
    (mina.unblock if is_blocked else mina.block)(jun)
    return {*gone, *Post.objects.filter(author=jun).values_list("pk", flat=True)}


def test_a_page_whose_answer_was_lost_is_answered_alike(jun: Member, mina_app: App) -> None:
    numbered(jun, 40)
    mina_app.posts(0)
    before = mina_app.posts(1)
    write(jun, "new", tick=60)
    assert mina_app.posts(1) == before
    assert texts(mina_app.posts(2)) == [str(place) for place in range(20, 30)]


def test_reading_the_first_page_again_begins_anew(jun: Member, mina_app: App) -> None:
    numbered(jun, 40)
    for page in range(3):
        mina_app.posts(page)
    write(jun, "new 0", "new 1", "new 2", tick=60)
    assert texts(mina_app.posts(0))[3:] == [str(place) for place in range(7)]
    # Not where that page began in the walk before.
    assert texts(mina_app.posts(2)) == [str(place) for place in range(17, 27)]
    assert texts(mina_app.posts(3)) == [str(place) for place in range(27, 37)]


def test_the_end_stays_the_end_until_the_top_is_read_again(jun: Member, mina_app: App) -> None:
    numbered(jun, 10)
    assert to_the_end(mina_app) == [str(place) for place in range(10)]
    write(jun, "new", tick=60)
    assert mina_app.posts(1) == []
    assert to_the_end(mina_app)[:2] == ["new", "0"]


def test_a_page_is_found_although_the_post_before_it_is_gone(jun: Member, mina_app: App) -> None:
    numbered(jun, 30)
    mina_app.posts(0)
    Post.objects.filter(text__in=[str(place) for place in range(5, 12)]).delete()
    assert texts(mina_app.posts(1)) == [str(place) for place in range(12, 22)]


def test_walks_of_two_logins_lists_and_sizes_do_not_meet(mina: Member, jun: Member, mina_app: App) -> None:
    numbered(mina, 60)
    tablet = app_of(mina)
    readers = [mina_app.posts, tablet.posts, mina_app.own_posts, tablet.own_posts]
    walks = [(read, size) for read in readers for size in (5, 10)]
    for page in range(5):
        for read, size in walks:
            first = page * size
            assert texts(read(page, size)) == [str(place) for place in range(first, first + size)]
        write(mina, "new", tick=60 + page)


def test_pages_of_one_login_need_no_more_cache_for_more_members(mina: Member, mina_app: App) -> None:
    writers = MemberFactory.create_batch(3)
    for writer in writers:
        numbered(writer, 12)
    for path in (f"/post/posts/{writer.pk}" for writer in writers * 2):
        assert len(read_from(mina_app, "?page=0&size=10", path).json()["posts"]) == 10
    # Where the third one's first page ended is not where the first one's did.
    page = read_from(mina_app, "?page=1&size=10", f"/post/posts/{writers[0].pk}").json()
    assert texts(page["posts"]) == ["10", "11"]
    assert {post["writer_id"] for post in page["posts"]} == {writers[0].pk}


@pytest.mark.parametrize(
    "cached",
    ["x", 7, [[1, "2026-11-24", 1]], ("feed", {1: ("2026-11-24T09:00:00", 2**70)}), {1: "x"}, {"x": 1}, {-1: None},
     {1: Cursor(datetime(2000, 1, 1, tzinfo=UTC), 1).encode("another list")}, {1: "é" * 44}],
)  # fmt: skip
def test_a_place_in_the_cache_that_this_release_did_not_write_is_ignored(
    mina: Member, jun: Member, mina_app: App, monkeypatch: pytest.MonkeyPatch, cached: Any
) -> None:
    numbered(jun, 30)
    mina_app.posts(0)
    monkeypatch.setattr(cache, "get", lambda key, *rest: cached if "pages" in key else None)
    assert texts(mina_app.posts(1)) == [str(place) for place in range(10, 20)]


def test_a_jump_without_memory_is_counted_and_gone_on_from(jun: Member, mina_app: App) -> None:
    numbered(jun, 60)
    assert texts(mina_app.posts(2)) == [str(place) for place in range(20, 30)]
    cache.clear()
    assert texts(mina_app.posts(3)) == [str(place) for place in range(30, 40)]
    write(jun, "new", tick=60)
    # Counted from the nearest place that is known, so that nothing which came meanwhile moves it.
    assert texts(mina_app.posts(5)) == [str(place) for place in range(50, 60)]


def test_a_jump_too_far_is_an_empty_page(jun: Member, mina_app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_pages, "MAX_COUNTED_ROWS", 20)
    numbered(jun, 90)
    assert [len(mina_app.posts(page)) for page in (3, 2)] == [0, 10]
    # From a place that is known it goes on, and not too far from there either.
    assert [len(mina_app.posts(page)) for page in (3, 4, 8, 5)] == [10, 10, 0, 10]
    assert mina_app.posts(2**63 - 1) == []
