"""MutedReporter: a member whose reports count for nothing, and who is not told so."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class MutedReporter(models.Model):
    """Their reports are stored and answered like all others, but raise no priority and hide no post."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"reports of {self.member_id}"
