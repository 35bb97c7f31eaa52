"""The app's feed that is compiled once holds for every reader what the ORM's feed holds for them."""

import pytest

from accounts.models import Member
from android.offset_pages import feed, feed_of_one, rows_of
from posts.models import Post
from tests.posts.readers import READERS, make_authors, make_readers


@pytest.mark.parametrize("kind", READERS)
def test_each_kind_of_reader_sees_the_feeds_of_the_orm(db: None, kind: str) -> None:
    authors = make_authors()
    reader = Member.objects.get(pk=make_readers(authors)[kind].pk)
    assert feed(reader=reader.pk).rows(None, 50, ascending=False) == list(rows_of(Post.objects.feed_for(reader)))
    for author in authors.values():
        of_author = rows_of(Post.objects.feed_for(reader).filter(author=author))
        assert feed_of_one(reader=reader.pk, author=author.pk).rows(None, 50, ascending=False) == list(of_author)
