"""The town on paper: what a plan says of people, relations, posts and pictures, without any database."""

import io
from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import UTC, datetime

import pytest

from libs.keyset.ids import RANDOM_BITS
from operations.demo_data import relations
from operations.demo_data.people import JUN, MINA, People, settle
from operations.demo_data.pictures import Pictures
from operations.demo_data.plan import Plan
from operations.demo_data.texts import texts
from operations.demo_data.words import EMOJI
from operations.demo_data.writing import Writing, write
from operations.management.commands.seed import Command, plan_of
from operations.progress_bar import ProgressBar

PLAN = Plan(
    members=1_000, posts=20_000, blocks=10_000, drawings=40, seed=3, until=datetime(2026, 11, 24, 9, tzinfo=UTC)
)


@pytest.fixture(scope="module")
def people() -> People:
    return settle(PLAN)


@pytest.fixture(scope="module")
def writing(people: People) -> Writing:
    return write(PLAN, people, ProgressBar(io.StringIO()))


@pytest.fixture(scope="module")
def blocks(people: People) -> list[relations.Relation]:
    return relations.blocks(PLAN, people)


def test_a_tenth_of_the_town_writes_more_than_half_of_it(people: People, writing: Writing) -> None:
    by_writer = [number for _, number in Counter(writing.authors).most_common()]
    assert sum(by_writer[: PLAN.members // 10]) > PLAN.posts / 2


def test_those_who_write_most_are_blocked_most(people: People, blocks: list[relations.Relation]) -> None:
    writers = {place for place, rank in enumerate(people.ranks) if rank < PLAN.members // 10}
    assert len(blocks) == PLAN.blocks
    assert sum(block.other in writers for block in blocks) > 3 * PLAN.blocks / 10


def test_jun_blocks_one_member_in_twenty_five_and_more(blocks: list[relations.Relation]) -> None:
    assert sum(block.one == JUN for block in blocks) >= PLAN.members // 25


def test_nobody_follows_across_a_block_or_before_joining(people: People, blocks: list[relations.Relation]) -> None:
    follows = relations.follows(PLAN, people, blocks)
    apart = {frozenset((block.one, block.other)) for block in blocks}
    assert len(follows) == PLAN.members * relations.FOLLOWS_EACH
    assert not any(frozenset((follow.one, follow.other)) in apart for follow in follows)
    assert all(people.all[follow.one].joined <= follow.since <= PLAN.now for follow in follows)


def test_nobody_writes_before_joining_or_in_the_future(people: People, writing: Writing) -> None:
    written = zip(writing.moments, writing.authors, strict=True)
    assert all(people.all[author].joined <= moment <= PLAN.now for moment, author in written)


def test_many_posts_are_of_one_moment_with_ids_of_their_own(writing: Writing) -> None:
    together = Counter(writing.moments)
    assert max(together.values()) == PLAN.posts // 200
    assert sum(number > 1 for number in together.values()) > PLAN.posts / 20
    assert len(set(writing.ids)) == PLAN.posts
    assert [id_ >> RANDOM_BITS for id_ in writing.ids] == writing.moments


def test_the_town_grows_as_it_gets_older(writing: Writing) -> None:
    assert writing.moments == sorted(writing.moments)
    middle = (writing.moments[0] + PLAN.now) // 2
    assert bisect_left(writing.moments, middle) < PLAN.posts - bisect_right(writing.moments, middle)


def test_posts_show_three_pictures_for_two_posts(people: People, writing: Writing) -> None:
    pictures = Pictures(PLAN, people, writing)
    places = list(pictures.places())
    assert sum(writing.pictures) / PLAN.posts == pytest.approx(1.5, abs=0.05)
    assert len({image for _, image, _ in places}) == len({(post, place) for post, _, place in places}) == len(places)
    assert len({pictures.key(number) for number in range(len(pictures))}) == len(pictures)


def test_the_newest_posts_and_the_best_writers_are_drawn(people: People, writing: Writing) -> None:
    pictures = Pictures(PLAN, people, writing)
    drawn = pictures.drawn()
    assert len(drawn) == len(set(drawn)) == PLAN.drawings
    assert drawn[-1] == len(pictures) - 1
    assert people.with_avatar.index(MINA) in drawn


def test_no_picture_of_the_small_town_lacks_its_file() -> None:
    for seed in ("1", "2", "3", "4", "5"):
        plan = plan_of(vars(Command().create_parser("manage.py", "seed").parse_args(["--seed", seed])))
        people = settle(plan)
        pictures = Pictures(plan, people, write(plan, people, ProgressBar(io.StringIO())))
        assert sorted(pictures.drawn()) == list(range(len(pictures)))


def test_texts_are_lines_and_letters_in_two_languages() -> None:
    said = list(texts(PLAN, range(2_000)))
    lengths = sorted(map(len, said))
    assert 0 < lengths[0] < 20
    assert 600 < lengths[-1] < 2_000
    assert any(text.isascii() for text in said)
    assert any("요." in text for text in said)
    assert any(text.endswith(tuple(EMOJI)) for text in said)
