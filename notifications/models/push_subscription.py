"""PushSubscription: where push messages for a device go."""

from collections.abc import Collection
from typing import Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import SessionEnded
from accounts.models import LoginSession
from libs.keyset.models import TimeOrdered

# Tokens have about 160 characters; FCM states no limit.
ADDRESS_MAX_LENGTH = 1_000


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    """Subscriptions by whether messages may be sent to them."""

    def of_live_sessions(self, members: Collection[int]) -> Self:
        """Those of sessions of these members that are live: one that expires leaves its subscription for a while."""
        return self.filter(session__in=LoginSession.objects.live().filter(member__in=members))

    @transaction.atomic
    def replace(self, session_id: int, *, kind: str, address: str, previews: bool) -> None:
        """Give a session this subscription, in place of the one it has, and of another session's with this address.

        Raises SessionEnded when it is not live any more.
        """
        # The lock lets no session get one while it ends, and no two requests of a session run at once.
        if not LoginSession.objects.live().filter(pk=session_id).select_for_update().exists():
            raise SessionEnded
        taken = self.filter(Q(address=address) | Q(session=session_id)).order_by("address").select_for_update()
        list(taken.values_list("pk", flat=True))
        # Not given to the other session: messages that wait for this row are for the former member.
        self.filter(Q(address=address) | Q(session=session_id)).exclude(address=address, session=session_id).delete()
        subscription = PushSubscription(session_id=session_id, kind=kind, address=address, previews=previews)
        # The address may have come meanwhile from another session, whose row this one takes over after all.
        self.bulk_create(
            [subscription],
            update_conflicts=True,
            unique_fields=["address"],
            update_fields=["session", "kind", "previews", "updated_at"],
        )


class PushSubscription(TimeOrdered):
    """One device of a member gets push messages, as long as its login session is live."""

    class Kind(models.TextChoices):
        """What the address is."""

        TOKEN = "token"
        INSTALLATION = "installation"

    session = models.OneToOneField(LoginSession, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    address = models.CharField(max_length=ADDRESS_MAX_LENGTH)
    # Whether messages say the nickname of who caused them.
    previews = models.BooleanField()
    updated_at = models.DateTimeField(default=timezone.now)

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        # Not unique=True, with which PostgreSQL gets a second index, for LIKE.
        constraints = [models.UniqueConstraint(fields=["address"], name="push_address_once")]

    def __str__(self) -> str:
        return f"{self.kind} of session {self.session_id}"

    def delete_if_unchanged(self) -> None:
        """Delete it, unless its device has sent it again since it was read."""
        PushSubscription.objects.filter(pk=self.pk, updated_at=self.updated_at).delete()
