"""Names and URLs of image files, built from an image's key without a query or a call to storage."""

from django.conf import settings

# The file of a variant is `<key>.<suffix>`.
SUFFIXES = {"thumb": "thumb.webp", "feed": "feed.webp", "full": "full.jpg"}
CONTENT_TYPES = {"thumb": "image/webp", "feed": "image/webp", "full": "image/jpeg"}

# Caches keep an image that was taken away for at most this long: a week on a device, an hour in a CDN.
CACHE_CONTROL = "public, max-age=604800, s-maxage=3600, immutable"


def file_name(key: str, variant: str) -> str:
    """The name in storage of one variant: thumb, feed or full."""
    return f"{key}.{SUFFIXES[variant]}"


def image_urls(key: str, has_variants: bool) -> dict[str, str]:
    """Absolute, public and permanent URLs of the variants; all are the full image until smaller ones are made."""
    stem = f"{settings.IMAGE_BASE_URL}/{key}"
    full = f"{stem}.full.jpg"
    if not has_variants:
        return {"thumb": full, "feed": full, "full": full}
    return {"thumb": f"{stem}.thumb.webp", "feed": f"{stem}.feed.webp", "full": full}
