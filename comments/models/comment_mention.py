"""CommentMention: a member whom a comment names."""

from django.db import models

from posts.models.mention import Mention


class CommentMention(Mention):
    """One member whom one comment names, with the place among these."""

    subject = "comment"
    comment = models.ForeignKey("comments.Comment", models.CASCADE, related_name="mentions", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "member"], name="comment_mention_once")]
        indexes = [models.Index(fields=["member"], name="comment_mention_of_member")]
