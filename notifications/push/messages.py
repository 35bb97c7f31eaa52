"""Push messages as FCM takes them: ids, and keys of texts that the app has in the language of the phone.

https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Member
from libs.compiled_queries import key_only
from notifications.models import Notification, NotificationActor, PushSubscription
from notifications.models.kinds import GROUPED, TEXTS
from notifications.representations import COUNT_LIMIT, unseen_count

# A message that has not reached the phone by then is dropped.
TTL = timedelta(days=1)
FIELDS = {PushSubscription.Kind.TOKEN.value: "token", PushSubscription.Kind.INSTALLATION.value: "fid"}
# Of messages with the same key only the last waits for a phone that is off. FCM takes four keys for each phone.
TEXT_KEY, REACTION_KEY, DECISION_KEY, SEEN_KEY = "text", "reaction", "decision", "seen"


def notification_message(subscription: PushSubscription, notification: Notification) -> dict[str, Any]:
    """Return the message about a notification; one that is sent twice replaces itself on the phone."""
    text = _text(subscription, notification)
    is_urgent = notification.kind in TEXTS
    unread = _unread(notification.member_id)
    tag = str(notification.pk)
    message = _message(subscription, tag, _collapse_key(notification.kind), notification.created_at, is_urgent)
    message["data"] = {"kind": notification.kind, **_ids(notification), "unread": str(unread)}
    message["android"]["notification"] = {"tag": tag} | {f"title_{name}": value for name, value in text.items()}
    alert = {f"title-{name.replace('_', '-')}": value for name, value in text.items()}
    sound = {"sound": "default"} if is_urgent else {}
    message["apns"]["payload"] = {"aps": {"alert": alert, "badge": unread, **sound}}
    return message


def seen_message(subscription: PushSubscription, member_id: int, seen_until: datetime) -> dict[str, Any]:
    """Return the message that shows nothing, and sets the badge after the member has seen notifications elsewhere."""
    unread = _unread(member_id)
    message = _message(subscription, SEEN_KEY, SEEN_KEY, seen_until, is_urgent=False)
    message["data"] = {"kind": "seen", "unread": str(unread)}
    message["apns"]["payload"] = {"aps": {"badge": unread}}
    return message


def _message(
    subscription: PushSubscription, collapse_id: str, collapse_key: str, since: datetime, is_urgent: bool
) -> dict[str, Any]:
    """Return what all messages have: address, priority, and how long they wait for the phone."""
    expires_at = since + TTL
    return {
        FIELDS[subscription.kind]: subscription.address,
        "android": {
            "collapse_key": collapse_key,
            "priority": "HIGH" if is_urgent else "NORMAL",
            "ttl": f"{max(int((expires_at - timezone.now()).total_seconds()), 0)}s",
        },
        "apns": {
            "headers": {
                "apns-collapse-id": collapse_id,
                "apns-expiration": str(int(expires_at.timestamp())),
                "apns-priority": "10" if is_urgent else "5",
                "apns-push-type": "alert",
            }
        },
    }


def _text(subscription: PushSubscription, notification: Notification) -> dict[str, Any]:
    """Return the key of the text, and its arguments: a nickname if the device wants it, never what somebody wrote."""
    key = f"push_{notification.kind}"
    visible = NotificationActor.objects.visible_to(key_only(Member, notification.member_id))
    actor = visible.filter(notification=notification.pk).order_by("-id").select_related("actor").first()
    if actor is None or not subscription.previews:
        return {"loc_key": key}
    return {"loc_key": f"{key}_by", "loc_args": [actor.actor.nickname]}


def _ids(notification: Notification) -> dict[str, str]:
    comment = notification.comment
    ids = {
        "notification_id": notification.pk,
        "post_id": comment.post_id if comment else notification.post_id,
        "comment_id": notification.comment_id,
        "decision_id": notification.decision_id,
        "report_id": notification.report_id,
    }
    return {name: str(pk) for name, pk in ids.items() if pk is not None}


def _collapse_key(kind: str) -> str:
    if kind in TEXTS:
        return TEXT_KEY
    return REACTION_KEY if kind in GROUPED else DECISION_KEY


def _unread(member_id: int) -> int:
    return min(unseen_count(member_id), COUNT_LIMIT)
