"""Where everybody finds a picture: addresses made of its key, without a question to storage or database."""

from typing import Any

from django.conf import settings

# Each variant's file is `<key>.<suffix>`.
SUFFIXES = {"thumb": "thumb.webp", "feed": "feed.webp", "full": "full.jpg"}
CONTENT_TYPES = {"thumb": "image/webp", "feed": "image/webp", "full": "image/jpeg"}


def file_name(key: str, variant: str) -> str:
    """The name in storage of one variant: thumb, feed or full."""
    return f"{key}.{SUFFIXES[variant]}"


def image_urls(key: str, has_variants: bool) -> dict[str, str]:
    """Absolute, public and lasting addresses; until there are smaller variants, the full picture stands in for them."""
    stem = f"{settings.IMAGE_BASE_URL}/{key}"
    full = f"{stem}.full.jpg"
    if not has_variants:
        return {"thumb": full, "feed": full, "full": full}
    return {"thumb": f"{stem}.thumb.webp", "feed": f"{stem}.feed.webp", "full": full}


def picture(
    *,
    id: int,  # noqa: A002 - the column's name, so that rows of values fit
    key: str,
    width: int,
    height: int,
    blurhash: str,
    alt: str,
    has_variants: bool,
) -> dict[str, Any]:
    """A picture as every answer of v1 shows it; media.serializers.ImageSerializer documents this shape."""
    return {
        "id": str(id),
        "width": width,
        "height": height,
        "blurhash": blurhash or None,
        "alt": alt,
        "urls": image_urls(key, has_variants),
    }
