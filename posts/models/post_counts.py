"""PostCounts: how many hearts and comments a post has."""

from collections.abc import Collection

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from libs.compiled_inserts import insert_unless_exists
from posts.models.post import Post


class PostCountsQuerySet(models.QuerySet["PostCounts"]):
    """Counts change in the transaction that inserts or deletes what they count."""

    def add(self, post_id: int, *, hearts: int = 0, comments: int = 0) -> None:
        """Change the counts of one post, which the caller has locked, by these numbers."""
        if self._change([post_id], hearts, comments):
            return
        first = PostCounts(post_id=post_id, hearts=max(hearts, 0), comments=max(comments, 0))
        if not insert_unless_exists(first, "post"):
            self._change([post_id], hearts, comments)

    def subtract(self, post_ids: Collection[int], *, hearts: int = 0, comments: int = 0) -> None:
        """Lower the counts of each of these posts by these numbers, in the caller's transaction."""
        # Locked in one order, so that two transactions with the same posts do not wait for each other.
        list(self.filter(post__in=post_ids).order_by("post").select_for_update().values_list("post"))
        self._change(post_ids, -hearts, -comments)

    def _change(self, post_ids: Collection[int], hearts: int, comments: int) -> int:
        return self.filter(post__in=post_ids).update(
            hearts=Greatest(F("hearts") + hearts, 0), comments=Greatest(F("comments") + comments, 0), changed_at=Now()
        )


class PostCounts(models.Model):
    """The counts of one post; a post without a row has none of either.

    A table of its own, since each heart rewrites the row: that of the post is long, and in six indexes.
    """

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="counts")
    hearts = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    # Without an index, so that PostgreSQL can rewrite the row in place (HOT).
    changed_at = models.DateTimeField(default=timezone.now)

    objects = PostCountsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "post counts"

    def __str__(self) -> str:
        return f"{self.hearts} hearts, {self.comments} comments"
