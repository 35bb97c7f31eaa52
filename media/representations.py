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
    return image_of_values(row[f"{prefix}image_id"], *(row[f"{prefix}{name}"] for name in IMAGE_VALUES))


def image_of_values(
    image_id: int, key: str, width: int, height: int, blurhash: str, alt: str, has_variants: bool
) -> dict[str, Any]:
    """An image in every response, of its id and IMAGE_VALUES in their order."""
    return {
        "id": str(image_id),
        "width": width,
        "height": height,
        "blurhash": blurhash or None,
        "alt": alt,
        "urls": image_urls(key, has_variants),
    }
