"""The app's feed that is compiled once holds for every reader what the ORM's feed holds for them."""

import pytest

from accounts.models import Member
from android.feed_pages import app_author_feed, app_feed, app_post_values
from posts.models import Post
from tests.posts.readers import READERS, make_authors, make_readers


@pytest.mark.parametrize("kind", READERS)
def test_each_kind_of_reader_sees_the_feeds_of_the_orm(db: None, kind: str) -> None:
    authors = make_authors()
    reader = Member.objects.get(pk=make_readers(authors)[kind].pk)
    assert app_feed(reader=reader.pk).rows(None, 50, ascending=False) == list(
        app_post_values(Post.objects.feed_for(reader))
    )
    for author in authors.values():
        of_author = app_post_values(Post.objects.feed_for(reader).filter(author=author))
        assert app_author_feed(reader=reader.pk, author=author.pk).rows(None, 50, ascending=False) == list(of_author)
