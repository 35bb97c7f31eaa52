"""Images as the API shows them, made from plain values: a page of posts shows hundreds."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q

from media.image_urls import image_urls

IMAGE_COLUMNS = ("key", "width", "height", "blurhash", "alt")
# The names of `image_values`, in its order.
IMAGE_VALUES = (*IMAGE_COLUMNS, "has_variants")


def image_values(path: str) -> dict[str, Any]:
    """What `values` selects for `image_representation`, besides `image_id`, over a path such as "image__"."""
    columns = {name: F(f"{path}{name}") for name in IMAGE_COLUMNS}
    # A boolean: reading the time itself costs more.
    return columns | {"has_variants": Q(**{f"{path}variants_at__isnull": False})}


def image_representation(row: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """An image in every response; media.serializers.ImageSerializer documents it.

    `prefix` is that of the columns in a row that holds other things too.
    """
    return {
        "id": str(row[f"{prefix}image_id"]),
        "width": row[f"{prefix}width"],
        "height": row[f"{prefix}height"],
        "blurhash": row[f"{prefix}blurhash"] or None,
        "alt": row[f"{prefix}alt"],
        "urls": image_urls(row[f"{prefix}key"], row[f"{prefix}has_variants"]),
    }
