"""Members and posts in the format of the app, made from plain values.

No text is null, since a null crashes the app. Of other members it gets a masked e-mail address, and the nickname as
name.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.timezone import localtime

from accounts.email_addresses import mask_email
from media.image_urls import image_urls
from posts.representations import post_images


def app_member_values(path: str = "") -> dict[str, Any]:
    """Return the arguments of `values()` for a member reached over a path such as "author__"."""
    columns = {f"member_{name}": F(f"{path}{name}") for name in ("id", "email", "name", "nickname")}
    return columns | avatar_values(path)


def avatar_values(path: str = "") -> dict[str, Any]:
    """Return the arguments of `values()` for the avatar of a member reached over a path."""
    image = f"{path}avatar__image__"
    return {"avatar_key": F(f"{image}key"), "avatar_has_variants": Q(**{f"{image}variants_at__isnull": False})}


def app_member_representation(row: Mapping[str, Any], viewer_id: int) -> dict[str, Any]:
    """Return id, e-mail, name, nickname and avatar of a member as the viewer may see them."""
    is_own = row["member_id"] == viewer_id
    return {
        "id": row["member_id"],
        "email": row["member_email"] if is_own else mask_email(row["member_email"]),
        "name": row["member_name"] if is_own else row["member_nickname"],
        "nickname": row["member_nickname"],
        "avatar_url": app_avatar_url(row),
    }


def app_avatar_url(row: Mapping[str, Any]) -> str | None:
    """Return the URL of an avatar from `avatar_values`: of the smallest variant, or of the full one until it is made.

    The app shows avatars in small circles only, many on a page.
    """
    return image_urls(row["avatar_key"], row["avatar_has_variants"])["thumb"] if row["avatar_key"] else None


def app_image_url(key: str) -> str:
    """Return the URL of the full variant, which exists from the start and stays."""
    return image_urls(key, has_variants=False)["full"]


def app_post_representations(rows: Sequence[Mapping[str, Any]], viewer_id: int) -> list[dict[str, Any]]:
    """Return posts in their order, from rows of `android.feed_pages.app_post_values`."""
    return [_post(row, viewer_id) for row in rows]


def _post(row: Mapping[str, Any], viewer_id: int) -> dict[str, Any]:
    author = app_member_representation(row, viewer_id)
    return {
        "id": row["id"],
        "writer_id": author["id"],
        "writer_email": author["email"],
        "writer_nickname": author["nickname"],
        "avatar_url": author["avatar_url"],
        "content": row["text"],
        "image_urls": [image["urls"]["full"] for image in post_images(row)] or None,
        "created_at": app_timestamp(row["created_at"]),
        "updated_at": app_timestamp(row["edited_at"] or row["created_at"]),
    }


def app_timestamp(time: datetime) -> str:
    """Return a time in the server's time zone, without offset and fraction."""
    return localtime(time).strftime("%Y-%m-%dT%H:%M:%S")
