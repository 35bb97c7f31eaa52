"""Heart: a member likes a post."""

from typing import cast

from django.db import models, transaction

from accounts.models import Member
from libs.change_log import log_changes
from posts.events import HEART_GIVEN
from posts.models.post_counts import PostCounts
from posts.models.post_mark import PostMark, PostMarkQuerySet


class HeartQuerySet(PostMarkQuerySet):
    """Hearts are given and taken back here, so that counts agree with them."""

    @transaction.atomic
    def give(self, post_id: int, member: Member) -> None:
        """Give the post a heart, if not done yet. Raises Http404 for a post that the member may not see."""
        if post := self.mark(post_id, member):
            PostCounts.objects.add(post_id, hearts=1)
            log_changes("post", [post_id])
            HEART_GIVEN.send(post_id, post.author_id, member.pk)

    @transaction.atomic
    def take_back(self, post_id: int, member: Member) -> None:
        """Take the heart back, if there is one. Raises Http404 for a post that the member may not see."""
        if self.unmark(post_id, member):
            PostCounts.objects.add(post_id, hearts=-1)
            log_changes("post", [post_id])

    @transaction.atomic
    def delete_chunk(self, limit: int) -> bool:
        """Delete at most so many of these hearts, all of one member; return whether there may be more."""
        # Locked, so that a heart that another transaction deletes meanwhile is subtracted by one of the two only.
        rows = self.order_by("pk").select_for_update(of=("self",)).values_list("pk", "post")
        chunk = dict(rows[:limit])
        Heart.objects.filter(pk__in=chunk).delete()
        posts = [cast(int, each) for each in chunk.values()]
        PostCounts.objects.subtract(posts, hearts=1)
        log_changes("post", posts)
        return len(chunk) == limit


class Heart(PostMark):
    """One member has given one post a heart."""

    objects = HeartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "owner"], name="heart_once")]
        indexes = [
            models.Index(fields=["post", "-created_at", "-id"], name="heart_of_post"),
            models.Index(fields=["owner", "-created_at", "-id"], name="heart_of_owner"),
        ]
