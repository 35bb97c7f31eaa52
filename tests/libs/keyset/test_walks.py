"""Whatever comes and goes while somebody pages: rows that stay are read once, and none is read twice."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Follow
from libs.keyset.pages import KeysetPage
from tests.libs.keyset.followers import Followers, ids

# So few ticks that most rows share theirs with others.
rows = st.dictionaries(st.integers(0, 99), st.integers(0, 3), max_size=25)
few = st.dictionaries(st.integers(0, 99), st.integers(0, 3), max_size=4)
# What happens between two pages: some come, with ids above, below and between, and some go.
changes = st.lists(st.tuples(few, st.sets(st.integers(0, 99), max_size=30)), max_size=9)
sizes = st.integers(1, 6)
examples = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Rows = dict[int, int]
Changes = list[tuple[Rows, set[int]]]


class Walk:
    """Somebody pages through the list while others follow and unfollow."""

    def __init__(self, followers: Followers, rows: Rows, changes: Changes) -> None:
        self.followers, self.changes, self.ticks = followers, iter(changes), dict(rows)
        followers.remove(*range(100))
        for id_, tick in rows.items():
            followers.add(id_, tick)
        self.stayed, self.read = set(rows), list[int]()

    def to_the_end(self, size: int) -> KeysetPage[Follow]:
        """Read on until there is no next page; gives the last one."""
        page = self.followers.page(size=size)
        self.read += ids(page)
        while page.next:
            self.life_goes_on()
            page = self.followers.page(page.next, size)
            self.read += ids(page)
        return page

    def to_the_top(self, page: KeysetPage[Follow], size: int) -> None:
        """Read back from the page until nothing newer has come."""
        while page.rows:
            self.life_goes_on()
            page = self.followers.page(page.previous, size)
            self.read = ids(page) + self.read

    def life_goes_on(self) -> None:
        """The next change happens; who left does not come back under the same id."""
        assert len(self.read) < 1_000, "the walk does not end"
        come, gone = next(self.changes, ({}, set[int]()))
        self.followers.remove(*gone)
        self.stayed -= gone
        for id_ in come.keys() - self.ticks.keys():
            self.followers.add(id_, come[id_])
        self.ticks = come | self.ticks

    def is_in_order(self) -> bool:
        """Strictly, so no row was read twice."""
        return all((self.ticks[a], a) > (self.ticks[b], b) for a, b in pairwise(self.read))


@examples
@given(rows=rows, changes=changes, size=sizes)
def test_a_walk_to_the_end_reads_all_that_stayed_once(
    followers: Followers, rows: Rows, changes: Changes, size: int
) -> None:
    walk = Walk(followers, rows, changes)
    walk.to_the_end(size)
    assert walk.stayed <= set(walk.read)
    assert walk.is_in_order()


@examples
@given(rows=rows, changes=changes, size=sizes)
def test_a_walk_back_to_the_top_reads_all_that_stayed_once(
    followers: Followers, rows: Rows, changes: Changes, size: int
) -> None:
    walk = Walk(followers, rows, changes=[])
    last = walk.to_the_end(size)
    walk.read, walk.changes = ids(last), iter(changes)
    walk.to_the_top(last, size)
    assert walk.stayed <= set(walk.read)
    assert walk.is_in_order()


@examples
@given(rows=rows, size=sizes, ways=st.lists(st.sampled_from(["next", "previous"]), max_size=12))
def test_turning_round_anywhere_neither_skips_nor_repeats(
    followers: Followers, rows: Rows, size: int, ways: list[str]
) -> None:
    Walk(followers, rows, changes=[])
    whole = [row.id for row in followers.all()]
    page, begin, end = followers.page(size=size), 0, min(size, len(whole))
    for way in ways:
        assert ids(page) == whole[begin:end]
        if cursor := getattr(page, way):
            page = followers.page(cursor, size)
            begin, end = (end, min(end + size, len(whole))) if way == "next" else (max(begin - size, 0), begin)
