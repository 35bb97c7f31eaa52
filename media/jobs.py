"""Outbox jobs: make the smaller variants of new images, delete the files of discarded ones."""

import logging
from functools import cache, partial
from io import BytesIO
from typing import Any

import blurhash
from django.utils import timezone
from PIL import Image as Pillow

from libs.change_log import log_changes
from libs.outbox.registry import handles
from libs.thread_pools import CallerThreadPoolExecutor, lower_priority
from media import withholding
from media.models import Image
from media.processing.decoding import encode_webp, scaled_size, thumbnail_size
from media.storage import image_files

logger = logging.getLogger("media")

# The size of each variant that a job makes, by the size of the full one. Pixels.
VARIANT_SIZES = {"thumb": partial(thumbnail_size, side=320), "feed": partial(scaled_size, side=1080)}
# The blurhash is computed from a copy of this size: the result is the same, in a thousandth of the time. Pixels.
BLURHASH_SIDE = 32
BLURHASH_COMPONENTS = (4, 3)
# The priority of the thread that encodes variants (nice values: 0 to 19).
VARIANT_NICENESS = 10


@handles("media.make_variants", lane="files")
def make_variants(payload: dict[str, Any]) -> None:
    """Make thumb, feed and blurhash of one stored image; raises StorageUnavailable, to be retried."""
    image = Image.objects.public().filter(pk=payload["image_id"], variants_at=None).first()
    if image is None:
        return
    with Pillow.open(BytesIO(image_files.read_variant(image.key, "full")), formats=["JPEG"]) as full:
        full.load()
        for variant, variant_size in VARIANT_SIZES.items():
            data = _variant_pool().submit(encode_webp, full, variant_size(full.size)).result()
            image_files.replace_variant(image.key, variant, data)
        blur = compute_blurhash(full)
    is_still_public = Image.objects.public().filter(pk=image.pk).update(variants_at=timezone.now(), blurhash=blur)
    log_changes("image", [image.pk])
    if not is_still_public:
        # The job that deletes or moves its files may be done, and would not see these.
        if Image.objects.stored().filter(pk=image.pk).exists():
            withholding.move_files(image.pk)
        else:
            image_files.delete_variants([image.key])


@handles("media.move_files", lane="files")
def move_files_of_image(payload: dict[str, Any]) -> None:
    """Move an image's files to where they belong; raises StorageUnavailable, to be retried."""
    withholding.move_files(payload["image_id"])


@handles("media.delete_files", lane="bulk")
def delete_files(payload: dict[str, Any]) -> None:
    """Delete the files, then the rows, of discarded images; raises StorageUnavailable, to be retried."""
    discarded = Image.objects.filter(pk__in=payload["image_ids"], discarded_at__isnull=False)
    keys = dict(discarded.unreferenced().values_list("pk", "key"))
    image_files.delete_variants(keys.values())
    with_private_file = Image.objects.filter(pk__in=keys, private_at__isnull=False)
    image_files.delete_private(with_private_file.values_list("key", flat=True))
    Image.objects.filter(pk__in=keys).delete()
    if restored := discarded.update(discarded_at=None, checked_at=None):
        logger.warning("discarded images are referenced again and were not deleted", extra={"images": restored})


@cache
def _variant_pool() -> CallerThreadPoolExecutor:
    """Return one thread whose work waits while uploads are decoded: nobody waits for the smaller variants."""
    return CallerThreadPoolExecutor(1, "variants", initializer=lower_priority, initargs=(VARIANT_NICENESS,))


def compute_blurhash(image: Pillow.Image) -> str:
    """A few characters that clients draw as a blurred image (blurha.sh)."""
    small = image.convert("RGB")
    small.thumbnail((BLURHASH_SIDE, BLURHASH_SIDE), reducing_gap=2.0)
    width, height = small.size
    rows = [[small.getpixel((x, y)) for x in range(width)] for y in range(height)]
    return str(blurhash.encode(rows, *BLURHASH_COMPONENTS))
