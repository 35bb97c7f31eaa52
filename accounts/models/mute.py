"""Mute: a member does not want to see another one's posts in feeds."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from libs.keyset.models import TimeOrdered


class Mute(TimeOrdered):
    """One member has muted another, who is not told and notices nothing."""

    muter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes_made", db_index=False)
    muted = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes_met", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(muter=F("muted")), name="mute_not_oneself"),
        ]
        indexes = [
            models.Index(fields=["muter", "-created_at", "-id"], name="mute_list"),
            # For the erasure of the muted member.
            models.Index(fields=["muted"], name="mute_met"),
        ]

    def __str__(self) -> str:
        return f"{self.muter_id} mutes {self.muted_id}"
