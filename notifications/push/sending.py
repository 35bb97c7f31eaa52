"""Send push messages to the devices of a member, if there is still a reason to."""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from prometheus_client import Counter

from accounts.models import Member
from libs.compiled_queries import key_only
from libs.outbox.errors import RetryLater
from notifications.models import Notification, PushSubscription, SeenMarker
from notifications.push.errors import AddressUnknown, PushRefused
from notifications.push.messages import TTL, notification_message, seen_message

logger = logging.getLogger("push")
PUSHES = Counter("h2h_pushes", "Push messages by outcome: sent, unknown, refused, failed.", ["outcome"])


def undelivered(notification_id: int) -> Notification | None:
    """Return the notification, unless its member has seen it, does not see it any more, or it is older than TTL."""
    recent = Notification.objects.filter(pk=notification_id, created_at__gt=timezone.now() - TTL)
    member_id = recent.values_list("member_id", flat=True).first()
    if member_id is None:
        return None
    visible = recent.visible_to(key_only(Member, member_id)).unseen_by(member_id)
    return visible.select_related("comment").first()


def is_newest_marker(member_id: int, seen_until: datetime) -> bool:
    """Whether the member has marked no more as seen since; then they are told of that."""
    is_recent = seen_until > timezone.now() - TTL
    return is_recent and SeenMarker.objects.filter(member=member_id, seen_until=seen_until).exists()


def send_notification(subscription_id: int, notification_id: int) -> None:
    """Send a device a message about a notification."""
    notification = undelivered(notification_id)
    if notification and (subscription := _live(subscription_id, notification.member_id)):
        _send(subscription, notification_message(subscription, notification))


def send_seen(subscription_id: int, member_id: int, seen_until: datetime) -> None:
    """Send a device the number of unseen notifications."""
    subscription = _live(subscription_id, member_id)
    if subscription and is_newest_marker(member_id, seen_until):
        _send(subscription, seen_message(subscription, member_id, seen_until))


def _live(subscription_id: int, member_id: int) -> PushSubscription | None:
    return PushSubscription.objects.of_live_sessions([member_id]).filter(pk=subscription_id).first()


def _send(subscription: PushSubscription, message: dict[str, Any]) -> None:
    """Send a message, outside of any transaction, and count how that ended."""
    if not settings.PUSH_SENDER:
        return
    try:
        import_string(settings.PUSH_SENDER)(message)
    except AddressUnknown as error:
        PUSHES.labels("unknown").inc()
        logger.info("push address unknown", extra={"session": subscription.session_id, "error": str(error)})
        subscription.delete_if_unchanged()
    except (PushRefused, RetryLater) as error:
        PUSHES.labels("refused" if isinstance(error, PushRefused) else "failed").inc()
        raise
    else:
        PUSHES.labels("sent").inc()
