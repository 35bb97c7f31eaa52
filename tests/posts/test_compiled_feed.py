"""The feed that is compiled once holds for every reader what the ORM's feed holds for them."""

from itertools import product

import pytest

from accounts.models import Follow, Member
from libs.keyset.cursors import Cursor
from libs.keyset.querysets import QuerySetSource
from posts.models import Post, PostTag
from posts.representations import (
    compiled_author_feed,
    compiled_feed,
    compiled_followed_feed,
    compiled_tag_feed,
    feed_values,
    post_values,
)
from tests.posts.readers import READERS, make_authors, make_readers


@pytest.fixture
def authors(db: None) -> dict[str, Member]:
    return make_authors()


@pytest.fixture
def readers(authors: dict[str, Member]) -> dict[str, Member]:
    return make_readers(authors)


@pytest.mark.parametrize("kind", READERS)
def test_each_kind_of_reader_sees_the_feed_of_the_orm(readers: dict[str, Member], kind: str) -> None:
    reader = Member.objects.get(pk=readers[kind].pk)
    assert compiled_feed(viewer=reader.pk).rows(None, 50, ascending=False) == list(
        feed_values(Post.objects.feed_for(reader), reader)
    )


@pytest.mark.parametrize("kind", READERS)
def test_each_kind_of_reader_sees_the_posts_of_one_author_as_the_orm_gives_them(
    readers: dict[str, Member], authors: dict[str, Member], kind: str
) -> None:
    reader = Member.objects.get(pk=readers[kind].pk)
    for author in [*authors.values(), *readers.values()]:
        of_author = post_values(Post.objects.feed_for(reader).filter(author=author), reader)
        assert compiled_author_feed(viewer=reader.pk, author=author.pk).rows(None, 50, ascending=False) == list(
            of_author
        )


@pytest.mark.parametrize("kind", READERS)
def test_each_kind_of_reader_sees_the_posts_of_a_tag_as_the_orm_gives_them(
    readers: dict[str, Member], kind: str
) -> None:
    reader = Member.objects.get(pk=readers[kind].pk)
    Post.objects.filter(text__endswith="3").update(text="Another")
    Post.objects.exclude(text="Another").update(text="#snow")
    PostTag.objects.index(list(Post.objects.all()))
    of_tag = list(feed_values(Post.objects.feed_for(reader).filter(text="#snow"), reader))
    assert len(of_tag) > 5
    assert compiled_tag_feed(viewer=reader.pk, key="snow").rows(None, 50, ascending=False) == of_tag


@pytest.mark.parametrize("kind", READERS)
def test_each_kind_of_reader_turns_pages_of_the_feed_of_the_orm(readers: dict[str, Member], kind: str) -> None:
    reader = Member.objects.get(pk=readers[kind].pk)
    posts = list(feed_values(Post.objects.feed_for(reader), reader))
    middle = Cursor(posts[4]["created_at"], posts[4]["id"])
    assert compiled_feed(viewer=reader.pk).rows(middle, 50, ascending=False) == posts[5:]
    assert compiled_feed(viewer=reader.pk).rows(middle.opposite(), 50, ascending=True) == posts[4::-1]


def test_blocks_and_hidden_authors_make_the_feeds_differ(readers: dict[str, Member]) -> None:
    counts = {
        kind: len(compiled_feed(viewer=reader.pk).rows(None, 50, ascending=False)) for kind, reader in readers.items()
    }
    # Two posts of the ordinary author, one of the other, two of the one suspended before, and seven of active
    # readers.
    assert counts == dict.fromkeys(READERS, 12) | {"blocking": 10, "blocked": 10, "muting": 10}


@pytest.mark.parametrize("kind", ["blocking", "muting"])
def test_every_page_of_followed_posts_is_that_of_the_orm(
    readers: dict[str, Member], authors: dict[str, Member], kind: str
) -> None:
    reader = readers[kind]
    followed = [member for member in [*authors.values(), *readers.values()] if member != reader]
    # Also whom the reader blocks, as if the block had come in between, or mutes.
    Follow.objects.bulk_create(Follow(follower=reader, followed=member) for member in followed)
    followed_posts = feed_values(Post.objects.feed_for(reader).followed_by(reader), reader)
    orm, compiled = QuerySetSource(followed_posts, ("created_at", "id")), compiled_followed_feed(viewer=reader.pk)
    rows = list(followed_posts)
    assert len({row["member_id"] for row in rows}) > 5
    assert compiled.rows(None, 50, ascending=False) == rows
    places = [Cursor(post.created_at, post.pk, inclusive=bool(post.pk % 2)) for post in Post.objects.all()]
    for place, count, ascending in product(places, (1, 2, 50), (False, True)):
        expected = orm.rows(place, count, ascending=ascending)
        assert compiled.rows(place, count, ascending=ascending) == expected
