"""SecurityEvent: what a member should know has happened to their account."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SecurityEvent(models.Model):
    """One line, written with the thing itself and never changed."""

    TOKEN_REUSED = "token_reused"

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="security_events")
    kind = models.CharField(max_length=40)
    session_id = models.BigIntegerField(null=True)
    network = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.member_id}"
