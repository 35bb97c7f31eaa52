"""Members and posts as the app shows them, made of plain values.

Every text is there, since the app does not survive a null; of others it gets a masked address, and the nickname for
the name.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.timezone import localtime

from accounts.profiles.representations import brief_values
from media.image_urls import image_urls
from posts.representations import pictures_of


def member_values(path: str = "") -> dict[str, Any]:
    """What `values` selects for `member`, of a member reached over a path such as "author__"."""
    return brief_values(path) | {"who_email": F(f"{path}email"), "who_name": F(f"{path}name")}


def member(row: Mapping[str, Any], asker_id: int) -> dict[str, Any]:
    """Number, address, name, nickname and avatar of a member, as far as the asker may know them."""
    is_own = row["who_id"] == asker_id
    return {
        "id": row["who_id"],
        "email": row["who_email"] if is_own else masked(row["who_email"]),
        "name": row["who_name"] if is_own else row["who_nickname"],
        "nickname": row["who_nickname"],
        "avatar_url": picture_url(row["who_key"]) if row["who_key"] else None,
    }


def masked(email: str) -> str:
    """An address of which only the first letter and the host are left."""
    local, _, host = email.rpartition("@")
    return f"{local[:1]}***@{host}"


def picture_url(key: str) -> str:
    """The one JPEG that is there from the first moment and stays."""
    return image_urls(key, has_variants=False)["full"]


def written(rows: Sequence[Mapping[str, Any]], asker_id: int) -> list[dict[str, Any]]:
    """Posts in their order, of rows as `android.offset_pages.rows_of` selects them."""
    pictures = pictures_of([row["id"] for row in rows if row["image_count"]])
    return [_post(row, asker_id, pictures.get(row["id"], [])) for row in rows]


def _post(row: Mapping[str, Any], asker_id: int, pictures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    writer = member(row, asker_id)
    return {
        "id": row["id"],
        "writer_id": writer["id"],
        "writer_email": writer["email"],
        "writer_nickname": writer["nickname"],
        "avatar_url": writer["avatar_url"],
        "content": row["text"],
        "image_urls": [picture["urls"]["full"] for picture in pictures] or None,
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["edited_at"] or row["created_at"]),
    }


def stamp(moment: datetime) -> str:
    """A time in the server's zone, without zone and fraction."""
    return localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")
