"""How members look on the wire, made from plain values: lists make hundreds of these for one answer."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q

from media.image_urls import image_urls


def brief_values(path: str = "") -> dict[str, Any]:
    """What `values` selects for `brief`, of a member reached over a path such as "author__"."""
    image = f"{path}avatar__image__"
    return {
        "who_id": F(f"{path}id"),
        "who_nickname": F(f"{path}nickname"),
        "who_key": F(f"{image}key"),
        "who_has_variants": Q(**{f"{image}variants_at__isnull": False}),
    }


def brief(row: Mapping[str, Any]) -> dict[str, Any]:
    """A member as they stand beside what they wrote: id, nickname, and the avatar's addresses or null."""
    key = row["who_key"]
    return {
        "id": str(row["who_id"]),
        "nickname": row["who_nickname"],
        "avatar": image_urls(key, row["who_has_variants"]) if key else None,
    }
