"""PostEdit: a former text of a post."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PostEdit(models.Model):
    """One change of a post's text, for its author; deleted with the post."""

    post = models.ForeignKey("posts.Post", models.CASCADE, verbose_name=_("post"), related_name="edits", db_index=False)
    # The text until then.
    text = models.TextField(_("text"), blank=True)
    edited_at = models.DateTimeField(_("replaced"), editable=False)

    class Meta:
        verbose_name = _("former text")
        verbose_name_plural = _("former texts")
        indexes = [models.Index(fields=["post", "-edited_at", "-id"], name="post_edit_history")]

    def __str__(self) -> str:
        return self.text[:60]
