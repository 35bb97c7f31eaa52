"""PostEdit: a former text of a post."""

from django.db import models


class PostEdit(models.Model):
    """One change of a post's text, for its author; deleted with the post."""

    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="edits", db_index=False)
    # The text until then.
    text = models.TextField(blank=True)
    edited_at = models.DateTimeField(editable=False)

    class Meta:
        indexes = [models.Index(fields=["post", "-edited_at", "-id"], name="post_edit_history")]

    def __str__(self) -> str:
        return self.text[:60]
