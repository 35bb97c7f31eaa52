"""Examples of comments in OpenAPI."""

from accounts.openapi_examples import JUN
from posts.openapi_examples import POST

COMMENT = {
    "id": "7420161023567896576",
    "post_id": POST["id"],
    "author": JUN,
    "text": "Here too!",
    "mentions": [],
    "created_at": "2026-11-24T09:02:00.123456Z",
    "reply_to": None,
    "reply_count": 1,
    "is_deleted": False,
    "viewer": {"is_author": False, "may_delete": False},
}
REPLY = COMMENT | {
    "id": "7420161050111803392",
    "text": "Where is that?",
    "reply_to": COMMENT["id"],
    "reply_count": 0,
    "viewer": {"is_author": True, "may_delete": True},
}
