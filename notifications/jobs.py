"""Outbox jobs of notifications: push messages, one job for each device."""

from datetime import datetime
from typing import Any

from django.db import transaction

from libs.outbox.queue import enqueue_many
from libs.outbox.registry import handles
from notifications.models import PushSubscription
from notifications.push.sending import is_newest_marker, send_notification, send_seen, undelivered


@handles("notifications.deliver")
@transaction.atomic
def deliver(payload: dict[str, Any]) -> None:
    """Have a notification sent to each device of its member, if it is still to be delivered."""
    if notification := undelivered(payload["notification_id"]):
        _enqueue_for_devices("notifications.push", notification.member_id, payload)


@handles("notifications.deliver_seen")
@transaction.atomic
def deliver_seen(payload: dict[str, Any]) -> None:
    """Have the number of unseen notifications sent to each device, unless the member has marked more as seen since."""
    if is_newest_marker(payload["member_id"], datetime.fromisoformat(payload["seen_until"])):
        _enqueue_for_devices("notifications.push_seen", payload["member_id"], payload)


@handles("notifications.push", lane="push")
def push(payload: dict[str, Any]) -> None:
    """Send a device a message about a notification; one that is sent twice replaces itself there."""
    send_notification(payload["subscription_id"], payload["notification_id"])


@handles("notifications.push_seen", lane="push")
def push_seen(payload: dict[str, Any]) -> None:
    """Send a device the number of unseen notifications."""
    seen_until = datetime.fromisoformat(payload["seen_until"])
    send_seen(payload["subscription_id"], payload["member_id"], seen_until)


def _enqueue_for_devices(kind: str, member_id: int, payload: dict[str, Any]) -> None:
    devices = PushSubscription.objects.of_live_sessions([member_id]).values_list("pk", flat=True)
    enqueue_many(kind, [{"subscription_id": pk, **payload} for pk in devices])
