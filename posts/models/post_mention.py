"""PostMention: a member whom a post names."""

from django.db import models

from posts.models.mention import Mention


class PostMention(Mention):
    """One member whom one post names, with the place among these."""

    subject = "post"
    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="mentions", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "member"], name="post_mention_once")]
        indexes = [models.Index(fields=["member"], name="post_mention_of_member")]
