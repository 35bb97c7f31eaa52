"""SecurityEvent: what a member should know has happened to their account."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from libs.outbox.queue import enqueue


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    """Events as they are written."""

    def record_and_notify(self, member: Any, kind: str, *, former_email: str = "") -> None:
        """Write a change of credentials down and have the member told by mail, at the address they had before too.

        Belongs into the transaction of the change.
        """
        event = self.create(member=member, kind=kind, former_email=former_email)
        enqueue("accounts.mail_event", {"event_id": event.pk})
        if former_email:
            enqueue("accounts.mail_former_address", {"event_id": event.pk})


class SecurityEvent(models.Model):
    """One line, written with the thing itself and never changed, but for the address that it outlives."""

    TOKEN_REUSED = "token_reused"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    EMAIL_CHANGED = "email_changed"

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="security_events")
    kind = models.CharField(max_length=40)
    session_id = models.BigIntegerField(null=True)
    network = models.CharField(max_length=50, blank=True)
    # Kept until its letter has been sent.
    former_email = models.EmailField(max_length=254, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SecurityEventQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} of {self.member_id}"
