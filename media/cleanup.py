"""Delete images that nothing references: uploaded and never used, or left behind by a crash."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from libs.cleanup import add_cleanup_task
from media.models import Image, ImageQuerySet

# Images looked at in one statement, so that each is short however many there are.
CHUNK = 5_000


@dataclass
class DiscardedImages:
    """What was discarded, or would be."""

    images: int = 0
    bytes: int = 0

    def add(self, images: ImageQuerySet) -> list[int]:
        """Count images; returns their ids."""
        sizes = dict(images.values_list("pk", "bytes"))
        self.images += len(sizes)
        self.bytes += sum(sizes.values())
        return list(sizes)


def clean_up_images(*, dry: bool = False) -> DiscardedImages:
    """Discard images older than IMAGE_UNREFERENCED_HOURS that nothing references; a dry run only counts them.

    An image that is referenced is marked as checked and not looked at again: whoever removes the last reference to it
    discards it. Images discarded that long ago whose files are still there (their job failed) get another job.
    """
    before = timezone.now() - timedelta(hours=settings.IMAGE_UNREFERENCED_HOURS)
    discarded = DiscardedImages()
    for chunk in _chunks(Image.objects.to_check(before)):
        unreferenced = discarded.add(chunk.unreferenced())
        if not dry:
            _discard_or_mark(chunk, unreferenced)
    for chunk in _chunks(Image.objects.filter(discarded_at__lt=before)):
        overdue = discarded.add(chunk)
        if not dry:
            _delete_files_again(overdue)
    return discarded


def _chunks(images: ImageQuerySet) -> Iterator[ImageQuerySet]:
    """The images in the order of their ids, CHUNK at a time."""
    last = 0
    while ids := list(images.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield Image.objects.filter(pk__in=ids)
        last = ids[-1]


@transaction.atomic
def _discard_or_mark(chunk: ImageQuerySet, unreferenced: list[int]) -> None:
    Image.objects.discard(unreferenced)
    chunk.exclude(pk__in=unreferenced).update(checked_at=timezone.now())


@transaction.atomic
def _delete_files_again(images: list[int]) -> None:
    Image.objects.enqueue_deletion(images)


add_cleanup_task("images", lambda *, dry=False: clean_up_images(dry=dry).images)
