"""Move the files of withheld images, as those of removed posts, to private storage, and those of released ones back.

Two jobs of one image may run at the same time. So a file is deleted only in public storage, after it was saved in
private storage, and each job looks at the image again when it is done. The private file stays until the
image is deleted.
"""

from django.db import transaction
from django.utils import timezone

from libs.outbox.queue import enqueue
from media.models import Image
from media.storage import image_files


def move_files(image_id: int) -> None:
    """Move an image's files to where they belong, however often; raises StorageUnavailable."""
    image = Image.objects.stored().filter(pk=image_id).first()
    if image is None:
        return
    if image.withheld_at:
        _withhold_files(image)
    else:
        _release_files(image)


def _withhold_files(image: Image) -> None:
    full = image_files.find_variant(image.key, "full")
    if full is not None:
        # First, so that whoever deletes the image deletes the private file too.
        Image.objects.filter(pk=image.pk).update(private_at=timezone.now())
        image_files.save_private(image.key, full)
    withheld = Image.objects.stored().filter(pk=image.pk, withheld_at__isnull=False)
    if withheld.exists():
        image_files.delete_variants([image.key])
    if not Image.objects.stored().filter(pk=image.pk).exists():
        image_files.delete_private([image.key])
    elif not withheld.exists():
        _release_files(image)


def _release_files(image: Image) -> None:
    full = image_files.find_private(image.key)
    if full is not None and image_files.find_variant(image.key, "full") is None:
        image_files.replace_variant(image.key, "full", full)
    if not Image.objects.public().filter(pk=image.pk).exists():
        # It was withheld again, or deleted.
        image_files.delete_variants([image.key])
        return
    with transaction.atomic():
        enqueue("media.make_variants", {"image_id": image.pk})
