"""PostTag: a hashtag in the text of a post."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models

from posts.tags import MAX_KEY_LENGTH, find_keys

if TYPE_CHECKING:
    from posts.models.post import Post


class PostTagQuerySet(models.QuerySet["PostTag"]):
    """Tags change in the transaction that changes the text."""

    def add_new(self, post: "Post") -> None:
        """Index the tags of a new post."""
        if keys := find_keys(post.text):
            self.bulk_create(PostTag(post=post, key=key, created_at=post.created_at) for key in keys)

    def index(self, posts: Sequence["Post"]) -> int:
        """Make the tags of these posts, which the caller has locked, those of their texts; return how many changed."""
        wanted = {(post.pk, key): post for post in posts for key in find_keys(post.text)}
        stored = {(post, key): pk for post, key, pk in self.filter(post__in=posts).values_list("post", "key", "pk")}
        gone = [pk for place, pk in stored.items() if place not in wanted]
        new = [
            PostTag(post=post, key=key, created_at=post.created_at)
            for (pk, key), post in wanted.items()
            if (pk, key) not in stored
        ]
        if gone:
            self.filter(pk__in=gone).delete()
        self.bulk_create(new)
        return len(gone) + len(new)


class PostTag(models.Model):
    """One tag of one post, with the time of the post, so that an index has the posts of a tag in the order of feeds."""

    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="tags", db_index=False)
    # See posts.tags.
    key = models.CharField(max_length=MAX_KEY_LENGTH)
    created_at = models.DateTimeField()

    objects = PostTagQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "key"], name="post_tag_once")]
        indexes = [models.Index(fields=["key", "-created_at", "-post"], name="post_tag_feed")]

    def __str__(self) -> str:
        return f"#{self.key}"
