"""Block: two members do not see each other."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from libs.keyset.models import TimeOrdered


class Block(TimeOrdered):
    """One member has blocked another; it hides each from the other."""

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks_made", db_index=False)
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks_met", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_not_oneself"),
        ]
        indexes = [
            models.Index(fields=["blocked", "blocker"], name="block_met"),
            models.Index(fields=["blocker", "-created_at", "-id"], name="block_list"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
