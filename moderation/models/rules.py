"""Rules: what moderation does by itself; one row for the whole service."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class RulesQuerySet(models.QuerySet["Rules"]):
    """The one row."""

    def current(self) -> "Rules":
        """Return the rules; those of a new service until they are changed."""
        return self.filter(pk=Rules.ONLY).first() or Rules(pk=Rules.ONLY)

    def lock(self) -> Self:
        """Return the row, made if it is not there, locked in the caller's transaction."""
        self.get_or_create(pk=Rules.ONLY)
        return self.select_for_update().filter(pk=Rules.ONLY)


class Rules(models.Model):
    """The rules, and the version of the list of words. They are changed by an action."""

    ONLY = 1

    hides_reported_posts = models.BooleanField(_("hides posts that many report"), default=False)
    # Distinct reporters who are trusted (moderation.automatic_hiding).
    reporters_to_hide = models.PositiveSmallIntegerField(_("reporters that hide a post"), default=5)
    words_version = models.PositiveBigIntegerField(default=0, editable=False)

    objects = RulesQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("rules")
        verbose_name_plural = _("rules")

    def __str__(self) -> str:
        return str(_("rules"))
