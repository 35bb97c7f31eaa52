"""PostMark: the base of what a member does with a post once, such as giving it a heart."""

from typing import Self

from django.conf import settings
from django.db import models
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Member
from libs.compiled_inserts import insert_unless_exists
from libs.keyset.models import TimeOrdered
from posts.models.post import Post
from posts.reader_marks import invalidate_marks


class PostMarkQuerySet(models.QuerySet["PostMark"]):
    """Marks are made and deleted here; each takes the lock of its post first."""

    def mark(self, post_id: int, member: Member) -> Post | None:
        """Mark the post for the member; return it if the mark is new. Raises Http404 for one that they may not see.

        In the caller's transaction, which holds the lock of the post from then on.
        """
        post = self._lock(post_id, member)
        # Never older than the post, whatever clock the post's server had.
        created_at = max(timezone.now(), post.created_at)
        record = self.model(post=post, owner_id=member.pk, created_at=created_at)
        invalidate_marks([member.pk])
        return post if insert_unless_exists(record, "post", "owner") else None

    def unmark(self, post_id: int, member: Member) -> bool:
        """Delete the mark; return whether there was one. Raises Http404 for a post that the member may not see."""
        post = self._lock(post_id, member)
        invalidate_marks([member.pk])
        return bool(self.filter(post=post, owner=member.pk).delete()[0])

    def visible(self, member: Member) -> Self:
        """Return the marks of posts that the member may see."""
        return self.filter(post__in=Post.objects.visible_to(member))

    @staticmethod
    def _lock(post_id: int, member: Member) -> Post:
        # Not deleted while the mark is inserted, and counted by one at a time.
        posts = Post.objects.visible_to(member).select_for_update(of=("self",), no_key=True)
        post: Post = get_object_or_404(posts.only("created_at", "author"), pk=post_id)
        return post


class PostMark(TimeOrdered):
    """What one member has done with one post, at most once."""

    post = models.ForeignKey(Post, models.CASCADE, db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.post_id}"
