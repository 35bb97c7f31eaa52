"""Follow: one member follows another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from libs.keyset.models import TimeOrdered


class Follow(TimeOrdered):
    """One member follows another."""

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows_made", db_index=False)
    followed = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows_met", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="follow_not_oneself"),
        ]
        indexes = [
            models.Index(fields=["follower", "-created_at", "-id"], name="follow_made_list"),
            models.Index(fields=["followed", "-created_at", "-id"], name="follow_met_list"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followed_id}"
