"""Images as the API shows them, made from plain values: a page of posts shows hundreds."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q

from media.image_urls import image_urls

IMAGE_COLUMNS = ("key", "width", "height", "blurhash", "alt")


def image_values(path: str) -> dict[str, Any]:
    """What `values` selects for `image_representation`, besides `image_id`, over a path such as "image__"."""
    columns = {name: F(f"{path}{name}") for name in IMAGE_COLUMNS}
    # A boolean: reading the time itself costs more.
    return columns | {"has_variants": Q(**{f"{path}variants_at__isnull": False})}


def image_representation(row: Mapping[str, Any]) -> dict[str, Any]:
    """An image in every response; media.serializers.ImageSerializer documents it."""
    return {
        "id": str(row["image_id"]),
        "width": row["width"],
        "height": row["height"],
        "blurhash": row["blurhash"] or None,
        "alt": row["alt"],
        "urls": image_urls(row["key"], row["has_variants"]),
    }
