"""SecurityEvent: a change of credentials, or a sign of a stolen token."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from libs.outbox.queue import enqueue


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    """Security events."""

    def record_and_notify(self, member: Any, kind: str, *, former_email: str = "", **details: Any) -> None:
        """Record an event and enqueue the e-mail to the member, and to the former address if any.

        `details` are the session's id and the network. Must be called in the transaction of what happened.
        """
        event = self.create(member=member, kind=kind, former_email=former_email, **details)
        enqueue("accounts.mail_event", {"event_id": event.pk})
        if former_email:
            enqueue("accounts.mail_former_address", {"event_id": event.pk})


class SecurityEvent(models.Model):
    """An event of one account; never changed, except that `former_email` is cleared once its e-mail is sent."""

    # A refresh token older than the one used last: only a copy can be presented, and the session was ended.
    TOKEN_REUSED = "token_reused"
    # A refresh token from two networks, minutes apart: perhaps a copy, perhaps a device that moved.
    TOKEN_REPEATED = "token_repeated"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    EMAIL_CHANGED = "email_changed"
    # A login to the admin from a browser that the member has not logged in from.
    STAFF_LOGIN = "staff_login"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_RESET = "second_factor_reset"
    # Many wrong codes in a row, which only somebody can enter who knows the password.
    SECOND_FACTOR_GUESSED = "second_factor_guessed"

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="security_events")
    kind = models.CharField(max_length=40)
    session_id = models.BigIntegerField(null=True)
    network = models.CharField(max_length=50, blank=True)
    # Stored until its e-mail has been sent.
    former_email = models.EmailField(max_length=254, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SecurityEventQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} of {self.member_id}"
