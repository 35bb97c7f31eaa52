"""Models of notifications, one per module."""

from notifications.models.disabled_kind import DisabledKind
from notifications.models.kinds import Kind
from notifications.models.notification import Notification
from notifications.models.notification_actor import NotificationActor
from notifications.models.push_subscription import PushSubscription
from notifications.models.seen_marker import SeenMarker

__all__ = ["DisabledKind", "Kind", "Notification", "NotificationActor", "PushSubscription", "SeenMarker"]
