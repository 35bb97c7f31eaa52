"""The distributions of generated demo data, without a database."""

from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import UTC, datetime

import pytest

from operations.demo_data.generate import FOLLOWS_PER_MEMBER, JUN, JUN_BLOCKS_ONE_IN, MINA, DemoData
from operations.demo_data.texts import EMOJI, generate_texts

UNTIL = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def data() -> DemoData:
    return DemoData(members=1_000, posts=20_000, blocks=10_000, images=40, seed=3, until=UNTIL)


def test_a_tenth_of_the_members_writes_more_than_half_of_the_posts(data: DemoData) -> None:
    by_author = [number for _, number in Counter(data.authors).most_common()]
    assert sum(by_author[: data.members // 10]) > data.posts / 2


def test_those_who_write_most_are_blocked_most(data: DemoData) -> None:
    assert len(data.block_relations) == data.blocks
    blocked_ranks = [data.ranks[target] for _, _, target in data.block_relations]
    assert sum(rank < data.members // 10 for rank in blocked_ranks) > 3 * data.blocks / 10


def test_jun_blocks_at_least_one_member_in_twenty_five(data: DemoData) -> None:
    assert sum(source == JUN for _, source, _ in data.block_relations) >= data.members // JUN_BLOCKS_ONE_IN


def test_nobody_follows_across_a_block_or_before_joining(data: DemoData) -> None:
    blocked = {frozenset(pair) for _, *pair in data.block_relations}
    assert len(data.follow_relations) == data.members * FOLLOWS_PER_MEMBER
    assert not any(frozenset(pair) in blocked for _, *pair in data.follow_relations)
    assert all(data.joined[source] <= time <= data.end for time, source, _ in data.follow_relations)


def test_nobody_writes_before_joining_or_in_the_future(data: DemoData) -> None:
    written = zip(data.posted, data.authors, strict=True)
    assert all(data.joined[author] <= time <= data.end for time, author in written)


def test_many_posts_share_their_time_with_others(data: DemoData) -> None:
    by_time = Counter(data.posted)
    assert max(by_time.values()) >= data.posts // 200
    assert sum(number > 1 for number in by_time.values()) > data.posts / 20


def test_most_posts_are_in_the_newer_half_of_the_time(data: DemoData) -> None:
    assert data.posted == sorted(data.posted)
    middle = (data.posted[0] + data.end) // 2
    assert bisect_left(data.posted, middle) < data.posts - bisect_right(data.posted, middle)


def test_posts_have_one_and_a_half_images_on_average_with_keys_of_their_own(data: DemoData) -> None:
    assert sum(data.image_counts) / data.posts == pytest.approx(1.5, abs=0.05)
    keys = list(data.image_keys())
    assert len(set(keys)) == len(keys) == len(data.avatars) + sum(data.image_counts)


def test_the_newest_posts_and_the_most_active_members_get_image_files(data: DemoData) -> None:
    assert len(data.images_with_files) == data.images
    assert len(data.image_times) - 1 in data.images_with_files
    assert data.avatars.index(MINA) in data.images_with_files


def test_every_image_of_the_default_demo_data_gets_a_file() -> None:
    for seed in range(1, 6):
        data = DemoData(seed=seed, until=UNTIL)
        assert data.images_with_files == set(range(len(data.image_times)))


def test_texts_are_lines_and_pages_in_two_languages(data: DemoData) -> None:
    texts = list(generate_texts(data))
    lengths = sorted(map(len, texts))
    assert 0 < lengths[0] < 20
    assert 600 < lengths[-1] < 2_000
    assert any(text.isascii() for text in texts)
    assert any("요." in text for text in texts)
    assert any(text.endswith(tuple(EMOJI)) for text in texts)
