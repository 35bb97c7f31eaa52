"""What this app contributes to a member's erasure and data export, and to the deletion of posts."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.exports.contents import iterate_by_id
from accounts.member_data_registry import ErasureStage, add_erasure_step, add_export_file
from accounts.models import Member
from libs.cleanup import delete_chunk
from notifications.models import DisabledKind, Notification, NotificationActor, PushSubscription, SeenMarker
from posts.dependents import add_dependents


def erase_notifications(member: Member, limit: int) -> bool:
    """Delete the member's notifications."""
    return _erase(Notification.objects.filter(member=member.pk), limit)


def erase_notifications_of(post_ids: Sequence[int], limit: int) -> bool:
    """Delete notifications of posts that are being deleted; those of comments are deleted with the comments."""
    return _erase(Notification.objects.filter(post__in=post_ids), limit)


def export_notifications(member: Member) -> Iterator[dict[str, Any]]:
    """The notifications that the member sees."""
    for each in iterate_by_id(Notification.objects.visible_to(member)):
        ids = {name: getattr(each, name) for name in ("post_id", "comment_id", "decision_id", "report_id")}
        named = {name: str(pk) if pk else None for name, pk in ids.items()}
        yield {"id": str(each.pk), "kind": each.kind, **named, "latest_at": each.latest_at}


def export_notification_actors(member: Member) -> Iterator[dict[str, Any]]:
    """Who caused them, a row for each member: there may be many of one notification."""
    visible = Notification.objects.visible_to(member).values("pk")
    for each in iterate_by_id(NotificationActor.objects.visible_to(member).filter(notification__in=visible)):
        yield {"notification": str(each.notification_id), "member": str(each.actor_id), "created_at": each.created_at}


def export_notification_settings(member: Member) -> dict[str, Any]:
    """The kinds that the member wants, and up to when they have seen their notifications."""
    marker = SeenMarker.objects.filter(member=member.pk).first()
    return {"seen_until": marker and marker.seen_until, **DisabledKind.objects.settings_of(member)}


def export_push_subscriptions(member: Member) -> Iterator[dict[str, Any]]:
    """The devices that get push messages, without their addresses, with which messages could be sent to them."""
    for each in iterate_by_id(PushSubscription.objects.filter(session__member=member.pk)):
        yield {
            "session": str(each.session_id),
            "kind": each.kind,
            "previews": each.previews,
            "updated_at": each.updated_at,
        }


def _erase(notifications: QuerySet[Notification], limit: int) -> bool:
    # Actors first, of whom one notification may have more than can be deleted at once.
    actors = NotificationActor.objects.filter(notification__in=notifications.values("pk"))
    return any(delete_chunk(rows, limit) == limit for rows in (actors, notifications))


add_erasure_step(ErasureStage.CONTENT, erase_notifications)
add_dependents(erase_notifications_of)
add_export_file("notifications", export_notifications)
add_export_file("notification-actors", export_notification_actors)
add_export_file("notification-settings", export_notification_settings)
add_export_file("push-subscriptions", export_push_subscriptions)
