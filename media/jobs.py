"""What the outbox does for pictures: the smaller variants, and the end of files."""

import logging
from io import BytesIO
from typing import Any

import blurhash
from django.utils import timezone
from PIL import Image as Pillow

from libs.outbox.registry import handles
from media.models import Image
from media.processing.decoding import encode_webp
from media.storage import image_files

logger = logging.getLogger("media")

# The longest side of each variant that a job makes. Pixels.
SIDES = {"thumb": 320, "feed": 1080}
# A blurhash of this says the same as one of the full picture, in a thousandth of the time. Pixels.
BLUR_SIDE = 32
BLUR_COMPONENTS = (4, 3)


@handles("media.make_variants")
def make_variants(payload: dict[str, Any]) -> None:
    """Make thumb, feed and blurhash of one stored picture; raises StorageUnavailable to be tried again."""
    image = Image.objects.stored().filter(pk=payload["image_id"], variants_at=None).first()
    if image is None:
        return
    with Pillow.open(BytesIO(image_files.read_variant(image.key, "full")), formats=["JPEG"]) as full:
        full.load()
        for variant, side in SIDES.items():
            image_files.replace_variant(image.key, variant, encode_webp(full, side))
        blur = blurhash_of(full)
    still_there = Image.objects.stored().filter(pk=image.pk).update(variants_at=timezone.now(), blurhash=blur)
    if not still_there:
        # Given up meanwhile, and perhaps deleted already: then nobody else would remove these files.
        image_files.delete_variants([image.key])


@handles("media.delete_files")
def delete_files(payload: dict[str, Any]) -> None:
    """Delete files, then rows, of pictures given up; raises StorageUnavailable to be tried again."""
    discarded = Image.objects.filter(pk__in=payload["image_ids"], discarded_at__isnull=False)
    gone = dict(discarded.unshown().values_list("pk", "key"))
    image_files.delete_variants(gone.values())
    Image.objects.filter(pk__in=gone).delete()
    if kept := discarded.update(discarded_at=None, checked_at=None):
        logger.warning("pictures given up are shown again and were kept", extra={"images": kept})


def blurhash_of(picture: Pillow.Image) -> str:
    """A few letters that clients paint as a blurred picture (blurha.sh)."""
    small = picture.convert("RGB")
    small.thumbnail((BLUR_SIDE, BLUR_SIDE), reducing_gap=2.0)
    width, height = small.size
    rows = [[small.getpixel((x, y)) for x in range(width)] for y in range(height)]
    return str(blurhash.encode(rows, *BLUR_COMPONENTS))
