"""ListedWord: a word or phrase that members may not publish, or that moderators want to see."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.reasons import DECISION_REASONS, VIOLATIONS

WORD_MAX_LENGTH = 100


class ListedWord(models.Model):
    """A word, and what happens to a text with it. Words are added and removed by actions, and never changed."""

    REFUSE, REPORT = "refuse", "report"
    REACTIONS = {REFUSE: _("refuse the text"), REPORT: _("publish it and report it")}

    text = models.CharField(_("word"), max_length=WORD_MAX_LENGTH, unique=True)
    reaction = models.CharField(_("reaction"), max_length=10, choices=list(REACTIONS.items()))
    # Whether it counts only as a whole word: for short words that are part of harmless ones.
    is_whole = models.BooleanField(_("whole word"), default=False)
    # The reason of reports that it makes, by which they have their place in the queue.
    reason = models.CharField(
        _("reason"), max_length=20, choices=[(code, VIOLATIONS[code]) for code in DECISION_REASONS], default="other"
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("listed word")
        verbose_name_plural = _("listed words")
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text
