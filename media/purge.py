"""Pictures that nothing shows: sent and never used, or left behind by a crash."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from media.models import Image, ImageQuerySet

# Pictures looked at in one statement, so that each is short however many there are.
CHUNK = 5_000


@dataclass
class Purged:
    """What a sweep found, or would find."""

    images: int = 0
    bytes: int = 0


def purge_unreferenced(*, dry: bool = False) -> Purged:
    """Give up every picture older than IMAGE_UNREFERENCED_HOURS that nothing shows; a dry sweep only counts them.

    Pictures given up that long ago whose files are still there (their job died) get another job.
    """
    before = timezone.now() - timedelta(hours=settings.IMAGE_UNREFERENCED_HOURS)
    swept = Purged()
    for chunk in _chunks(before):
        sizes = dict(chunk.kept().unshown().values_list("pk", "bytes"))
        overdue = dict(chunk.filter(discarded_at__lt=before).values_list("pk", "bytes"))
        swept.images += len(sizes) + len(overdue)
        swept.bytes += sum(sizes.values()) + sum(overdue.values())
        if not dry:
            _give_up(list(sizes), list(overdue))
    return swept


def _chunks(before: datetime) -> Iterator[ImageQuerySet]:
    """Pictures made before the given time, in the order of their ids, which is that of their making."""
    last = 0
    older = Image.objects.filter(created_at__lt=before).order_by("pk")
    while ids := list(older.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield older.filter(pk__gt=last, pk__lte=ids[-1])
        last = ids[-1]


@transaction.atomic
def _give_up(ids: list[int], overdue: list[int]) -> None:
    Image.objects.discard(ids)
    Image.objects.delete_files_later(overdue)
