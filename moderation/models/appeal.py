"""Appeal: a member objects to a decision about them."""

from functools import cached_property
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from libs.keyset.models import TimeOrdered
from moderation.models.decision import Decision

APPEAL_MAX_GRAPHEMES = 1_000
# How long a decision can be appealed against: the six months of the Digital Services Act, article 20. Days.
APPEAL_DAYS = 183


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals by their state."""

    def open(self) -> Self:
        """Appeals that nobody has answered yet."""
        return self.filter(state=Appeal.OPEN)

    def close(self, state: str, decision_id: int) -> int:
        """Close the open ones among these appeals by a decision; returns how many."""
        return self.open().update(state=state, decided_at=timezone.now(), answer_id=decision_id)


class Appeal(TimeOrdered):
    """The words of the member, and the decision that answered them. There is one for each decision at most."""

    OPEN, UPHELD, DENIED = "open", "upheld", "denied"

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("member"), related_name="appeals", db_index=False
    )
    # Plain ids of decisions, which are never deleted: the one that it objects to, and the answer.
    decision_id = models.BigIntegerField(unique=True)
    answer_id = models.BigIntegerField(null=True)
    text = models.TextField(_("text"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(OPEN, _("open")), (UPHELD, _("upheld")), (DENIED, _("denied"))],
        default=OPEN,
    )
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["member", "-created_at", "-id"], name="appeal_list"),
            models.Index(fields=["created_at"], name="appeal_open", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.text[:60]}"

    @cached_property
    def decision(self) -> Decision:
        """The decision that it objects to."""
        return Decision.objects.get(pk=self.decision_id)
