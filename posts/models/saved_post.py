"""SavedPost: a member keeps a post in a list that nobody else sees."""

from django.db import models, transaction

from accounts.models import Member
from posts.models.post_mark import PostMark, PostMarkQuerySet


class SavedPostQuerySet(PostMarkQuerySet):
    """Posts are saved and removed from the list here."""

    @transaction.atomic
    def add(self, post_id: int, member: Member) -> None:
        """Save the post, if not done yet. Raises Http404 for a post that the member may not see."""
        self.mark(post_id, member)

    @transaction.atomic
    def remove(self, post_id: int, member: Member) -> None:
        """Remove the post from the list, if it is there. Raises Http404 for a post that the member may not see."""
        self.unmark(post_id, member)


class SavedPost(PostMark):
    """One member has saved one post."""

    objects = SavedPostQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "owner"], name="saved_post_once")]
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="saved_post_of_owner")]
