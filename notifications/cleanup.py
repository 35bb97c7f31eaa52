"""Delete old notifications."""

from datetime import timedelta

from django.utils import timezone

from libs.cleanup import add_cleanup_task, delete_in_chunks
from libs.keyset.ids import first_id_at
from notifications.models import Notification, NotificationActor

# How long notifications are kept after they began.
KEPT_FOR = timedelta(days=90)


def clean_up_notifications(*, dry: bool = False) -> int:
    """Delete old notifications with their actors, or with `dry` only count them; returns how many records."""
    limit = first_id_at(timezone.now() - KEPT_FOR)
    # Actors first, of whom one notification may have more than can be deleted at once.
    actors = delete_in_chunks(NotificationActor.objects.filter(notification__lt=limit), dry=dry)
    return actors + delete_in_chunks(Notification.objects.filter(pk__lt=limit), dry=dry)


add_cleanup_task("notifications", clean_up_notifications)
