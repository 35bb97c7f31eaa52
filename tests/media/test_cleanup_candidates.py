"""Clean-up looks at each image once, and at few images however many there are."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member
from media.cleanup import DiscardedImages, clean_up_images
from media.models import Image
from posts.models import Post, PostImage
from tests.factories import put
from tests.posts.test_query_counts import explained, indexes

pytestmark = pytest.mark.django_db
OLD = timedelta(days=2)


def images_of(member: Member, number: int, *, at: datetime) -> list[Image]:
    return put(Image(owner=member, width=1, height=1, bytes=5, stored_at=at, created_at=at) for _ in range(number))


def posted(member: Member, number: int) -> list[Image]:
    """Old images, each in a post of its own."""
    images = images_of(member, number, at=timezone.now() - OLD)
    posts = put(Post(author=member, text="") for _ in images)
    PostImage.objects.bulk_create(
        PostImage(post=post, image=image, position=0) for post, image in zip(posts, images, strict=True)
    )
    return images


def test_a_referenced_image_is_looked_at_once(mina: Member) -> None:
    posted(mina, 3)
    assert Image.objects.to_check(timezone.now()).count() == 3
    assert clean_up_images() == DiscardedImages(0, 0)
    assert Image.objects.to_check(timezone.now()).count() == 0
    with CaptureQueriesContext(connection) as queries:
        clean_up_images()
    assert len(queries) == 2


def test_a_dry_run_marks_no_image_as_checked(mina: Member) -> None:
    posted(mina, 3)
    images_of(mina, 2, at=timezone.now() - OLD)
    assert clean_up_images(dry=True) == DiscardedImages(2, 10)
    assert Image.objects.to_check(timezone.now()).count() == 5


def test_an_image_whose_post_is_deleted_after_the_check_is_discarded_all_the_same(mina: Member) -> None:
    (image,) = posted(mina, 1)
    clean_up_images()
    Post.objects.get().erase()
    image.refresh_from_db()
    assert image.discarded_at is not None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="EXPLAIN of PostgreSQL")
def test_images_to_check_are_found_by_an_index_that_holds_no_others(mina: Member) -> None:
    images = posted(mina, 3_000)
    Image.objects.filter(pk__in=[image.pk for image in images]).update(checked_at=timezone.now())
    images_of(mina, 10, at=timezone.now() - OLD)
    connection.cursor().execute("ANALYZE media_image")
    candidates = Image.objects.to_check(timezone.now()).filter(pk__gt=0).order_by("pk")
    assert indexes(explained(candidates)) - {""} == {"image_to_check"}
