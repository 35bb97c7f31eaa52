"""Examples of posts in OpenAPI."""

from accounts.openapi_examples import JUN, MINA
from media.openapi_examples import IMAGE

POST = {
    "id": "7420161001232564224",
    "author": MINA,
    "text": "First snow of the year with Jun.",
    "mentions": [{"id": JUN["id"], "nickname": JUN["nickname"]}],
    "images": [IMAGE],
    "created_at": "2026-11-24T09:00:00.123456Z",
    "edited_at": None,
    "comments_closed": False,
    "counts": {"hearts": 12, "comments": 3},
    "viewer": {"is_author": False, "hearted": True, "saved": False, "muted_author": False},
}
EDITED_POST = POST | {"text": "First snow!", "mentions": [], "edited_at": "2026-11-24T09:05:00.654321Z"}
POST_EDIT = {"text": "First snow of the year.", "edited_at": "2026-11-24T09:05:00.654321Z"}
POST_SHARE = {"url": "https://heart.example/p/q7TfZ2mKx0LwR9sVb4HnYd"}
