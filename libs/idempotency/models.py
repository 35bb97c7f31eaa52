"""Stored responses, by the key that a client gave with its request."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connections, models, router
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.response import Response

from libs.compiled_inserts import insert_unless_exists
from libs.compiled_queries import preparing_cursor
from libs.idempotency.errors import IdempotencyKeyInUse, IdempotencyKeyReused

# Headers that describe the effect, and not the moment of the response.
STORED_HEADERS = ("Location", "ETag")
STORED_FIELDS = ("status", "content_type", "headers", "body")
HELD_BY = ("member", "route", "key", "lease")
# The ORM takes four times as long.
STORE_RESPONSE = """
    UPDATE idempotency_answer SET status = %s, content_type = %s, headers = %s, body = %s
    WHERE member_id = %s AND route = %s AND key = %s AND lease = %s AND status IS NULL
"""


def retention_cutoff() -> datetime:
    """Return the time before which stored responses have expired."""
    return timezone.now() - timedelta(hours=settings.IDEMPOTENCY_RETENTION_HOURS)


class StoredResponseQuerySet(models.QuerySet["StoredResponse"]):
    """Stored responses by their keys."""

    def claim(
        self, *, member_id: int, route: str, key: str, fingerprint: str, first_has_ended: bool = False
    ) -> "StoredResponse":
        """Return the response of this key: a stored one with a status, or one that this request is to store.

        Runs outside any transaction. A lease is free when it has expired, or if its request has ended.
        Raises IdempotencyKeyReused for another fingerprint, IdempotencyKeyInUse while somebody else holds the lease.
        """
        lookup = {"member_id": member_id, "route": route, "key": key}
        new = self.model(**lookup, fingerprint=fingerprint)
        while not insert_unless_exists(new, "member", "route", "key"):
            # None when it was released at this moment.
            stored = self.filter(**lookup).first()
            if stored and stored.created_at >= retention_cutoff():
                if stored.is_usable_for(fingerprint, first_has_ended=first_has_ended):
                    return stored
                if not first_has_ended:
                    raise IdempotencyKeyInUse
                # Its response was committed at this moment.
                continue
            self.filter(**lookup, created_at__lt=retention_cutoff()).delete()
        return new


def lease_end() -> datetime:
    """Return when a request that begins now counts as interrupted."""
    return timezone.now() + timedelta(seconds=settings.IDEMPOTENCY_LEASE_SECONDS)


class StoredResponse(models.Model):
    """The response to a member's request on a route, by the key that the client gave.

    The request that is processed holds a lease: a token with an expiry. Only its holder stores the response, in the
    transaction of the effect, so a request that was too slow rolls its effect back.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    lease = models.UUIDField(default=uuid.uuid4)
    leased_until = models.DateTimeField(default=lease_end)
    # None until the response is stored.
    status: "models.PositiveSmallIntegerField[int | None, int | None]" = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=timezone.now)

    objects = StoredResponseQuerySet.as_manager()

    class Meta:
        db_table = "idempotency_answer"
        constraints = [models.UniqueConstraint(fields=["member", "route", "key"], name="idempotency_answer_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_answer_age")]

    def __str__(self) -> str:
        return f"{self.route} #{self.pk}"

    def _held(self) -> models.QuerySet["StoredResponse"]:
        # By the unique key, since inserting it does not tell the id.
        lookup = {"member_id": self.member_id, "route": self.route, "key": self.key}
        return StoredResponse.objects.filter(**lookup, lease=self.lease, status=None)

    def is_usable_for(self, fingerprint: str, *, first_has_ended: bool) -> bool:
        """Whether the response is stored, or its free lease was taken for a request with this fingerprint.

        Raises IdempotencyKeyReused for another fingerprint.
        """
        if self.fingerprint != fingerprint:
            raise IdempotencyKeyReused
        return self.status is not None or self._take_over(at_once=first_has_ended)

    def _take_over(self, *, at_once: bool) -> bool:
        """Take the lease if it has expired, or even before; whether no other request was faster."""
        lease, until = uuid.uuid4(), lease_end()
        held = self._held() if at_once else self._held().filter(leased_until__lte=timezone.now())
        if not held.update(lease=lease, leased_until=until):
            return False
        self.lease, self.leased_until = lease, until
        return True

    def store(self, response: Response, body: bytes, content_type: str) -> None:
        """Store the response, in the transaction of the effect; raises IdempotencyKeyInUse when the lease is lost."""
        self.status, self.body, self.content_type = response.status_code, body, content_type
        self.headers = {name: response.headers[name] for name in STORED_HEADERS if name in response.headers}
        connection = connections[router.db_for_write(StoredResponse)]
        fields: list[Any] = [StoredResponse._meta.get_field(name) for name in STORED_FIELDS + HELD_BY]
        values = [field.get_db_prep_save(getattr(self, field.attname), connection) for field in fields]
        with preparing_cursor(connection) as cursor:
            cursor.execute(STORE_RESPONSE, values)
            if not cursor.rowcount:
                raise IdempotencyKeyInUse

    def release(self) -> None:
        """Free the key, unless a response is stored."""
        self._held().delete()

    def replay(self) -> HttpResponse:
        """Return the stored response, byte for byte."""
        headers = {**self.headers, "Idempotency-Replayed": "true"}
        return HttpResponse(bytes(self.body), status=self.status, content_type=self.content_type, headers=headers)
