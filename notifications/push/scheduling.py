"""Have push messages sent a little later, in the transaction of what they are about.

So who reads their notifications at that moment gets none, and what is taken back at once is not delivered.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import Member
from libs.outbox.queue import enqueue, enqueue_many
from notifications.models import Notification, PushSubscription

DELIVERED_AFTER = timedelta(seconds=10)


def deliver_later(new: Sequence[Notification]) -> None:
    """Have new notifications sent to the devices of their members; one that grows is not sent again."""
    reachable = _with_devices({each.member_id for each in new})
    if payloads := [{"notification_id": each.pk} for each in new if each.member_id in reachable]:
        enqueue_many("notifications.deliver", payloads, after=DELIVERED_AFTER)


def update_badges_later(member: Member, seen_until: datetime) -> None:
    """Have the devices of a member told how many notifications are unseen, after they have marked some as seen."""
    if _with_devices([member.pk]):
        payload = {"member_id": member.pk, "seen_until": seen_until.isoformat()}
        enqueue("notifications.deliver_seen", payload, after=DELIVERED_AFTER)


def _with_devices(members: Collection[int]) -> set[int]:
    """Return those of the members who have devices that get push messages."""
    if not settings.PUSH_SENDER or not members:
        return set()
    subscriptions = PushSubscription.objects.of_live_sessions(members)
    return set(subscriptions.values_list("session__member_id", flat=True))
