"""Examples of notifications in OpenAPI."""

from accounts.openapi_examples import JUN, SESSION
from posts.openapi_examples import POST

NOTIFICATION = {
    "id": "7420161044182237184",
    "kind": "heart",
    "actors": [JUN],
    "actor_count": 1,
    "post_id": POST["id"],
    "comment_id": None,
    "decision_id": None,
    "report_id": None,
    "latest_at": "2026-11-24T09:05:00.123456Z",
    "is_seen": False,
}
SETTINGS = dict.fromkeys(("heart", "comment", "reply", "follow", "mention", "decision", "report"), True)
PUSH_SUBSCRIPTION = {"kind": "token", "address": "eH0fLhuiRj2Np7UQ-opXAm:APA91bGtC", "previews": True}
PUSH_DEVICE = {
    "session_id": SESSION["id"],
    "device": SESSION["device"],
    "previews": True,
    "updated_at": SESSION["used_at"],
    "is_current": True,
}
