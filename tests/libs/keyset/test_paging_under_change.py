"""Property tests: while rows are added and deleted, those that stay are read once, and none is read twice."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Follow
from libs.keyset.page_queries import KeysetPage
from tests.libs.keyset.followers import Followers, ids

# So few ticks that most rows have equal times.
rows = st.dictionaries(st.integers(0, 99), st.integers(0, 3), max_size=25)
few = st.dictionaries(st.integers(0, 99), st.integers(0, 3), max_size=4)
# Between two pages some rows are added, with ids above, below and between the others, and some are deleted.
changes = st.lists(st.tuples(few, st.sets(st.integers(0, 99), max_size=30)), max_size=9)
sizes = st.integers(1, 6)
examples = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Rows = dict[int, int]
Changes = list[tuple[Rows, set[int]]]


class PagingClient:
    """A client that pages through the list while others follow and unfollow."""

    def __init__(self, followers: Followers, rows: Rows, changes: Changes) -> None:
        self.followers, self.changes, self.ticks = followers, iter(changes), dict(rows)
        followers.remove(*range(100))
        for id_, tick in rows.items():
            followers.add(id_, tick)
        self.stayed, self.read = set(rows), list[int]()

    def read_to_end(self, size: int) -> KeysetPage[Follow]:
        """Read to the last page and return it."""
        page = self.followers.page(size=size)
        self.read += ids(page)
        while page.next:
            self.change_list()
            page = self.followers.page(page.next, size)
            self.read += ids(page)
        return page

    def read_to_top(self, page: KeysetPage[Follow], size: int) -> None:
        """Read back from the page to the top."""
        while page.rows:
            self.change_list()
            page = self.followers.page(page.previous, size)
            self.read = ids(page) + self.read

    def change_list(self) -> None:
        """Make the next change. A deleted id is not used again."""
        assert len(self.read) < 1_000, "paging does not end"
        added, deleted = next(self.changes, ({}, set[int]()))
        self.followers.remove(*deleted)
        self.stayed -= deleted
        for id_ in added.keys() - self.ticks.keys():
            self.followers.add(id_, added[id_])
        self.ticks = added | self.ticks

    def is_in_order(self) -> bool:
        """Whether the rows are in strict order, so that none was read twice."""
        return all((self.ticks[a], a) > (self.ticks[b], b) for a, b in pairwise(self.read))


@examples
@given(rows=rows, changes=changes, size=sizes)
def test_paging_to_the_end_reads_all_rows_that_stay_once(
    followers: Followers, rows: Rows, changes: Changes, size: int
) -> None:
    client = PagingClient(followers, rows, changes)
    client.read_to_end(size)
    assert client.stayed <= set(client.read)
    assert client.is_in_order()


@examples
@given(rows=rows, changes=changes, size=sizes)
def test_paging_back_to_the_top_reads_all_rows_that_stay_once(
    followers: Followers, rows: Rows, changes: Changes, size: int
) -> None:
    client = PagingClient(followers, rows, changes=[])
    last = client.read_to_end(size)
    client.read, client.changes = ids(last), iter(changes)
    client.read_to_top(last, size)
    assert client.stayed <= set(client.read)
    assert client.is_in_order()


@examples
@given(rows=rows, size=sizes, directions=st.lists(st.sampled_from(["next", "previous"]), max_size=12))
def test_changing_direction_neither_skips_nor_repeats_rows(
    followers: Followers, rows: Rows, size: int, directions: list[str]
) -> None:
    PagingClient(followers, rows, changes=[])
    whole = [row.id for row in followers.all()]
    page, begin, end = followers.page(size=size), 0, min(size, len(whole))
    for direction in directions:
        assert ids(page) == whole[begin:end]
        if cursor := getattr(page, direction):
            page = followers.page(cursor, size)
            begin, end = (end, min(end + size, len(whole))) if direction == "next" else (max(begin - size, 0), begin)
