"""Accepting uploaded images: process the files, store them, and keep them only if what follows succeeds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import models, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from libs.client_connection.checks import require_client
from libs.keyset.models import save_all
from libs.outbox.queue import enqueue_many
from media.errors import QuotaExceeded
from media.models import Image
from media.processing import pipeline
from media.processing.decoding import ProcessedImage
from media.storage import image_files
from media.switches import UPLOADS


@contextmanager
def accepted_images(
    files: "Sequence[File[Any]]", *, owner: models.Model, alts: Sequence[str] = (), request: Any = None
) -> Iterator[list[Image]]:
    """Store the files as images of the owner, in order, and discard all of them if the block fails.

    `alts` has a text for each file, or none. `request` is the request that brought the files; when its client
    disconnects, the files are not processed any further.

    Enter the context outside of any transaction. In the block, begin the transaction that creates what refers to the
    images, and pass them to `mark_stored` in it.

    The rows of the images are committed before their files are stored, so that the clean-up finds what a crash leaves.
    Two uploads of one owner at the same time may exceed the quota by the size of the second.

    Raises UploadsClosed, what `pipeline.process_all` raises, ClientDisconnected, QuotaExceeded or StorageUnavailable.
    """
    if not files:
        yield []
        return
    UPLOADS.require()
    _check_quota(owner, len(files), 0)
    processed = pipeline.process_all(files, partial(_check_client, request))
    _check_quota(owner, len(files), sum(len(one.data) for one in processed))
    images = _create_rows(processed, owner, alts)
    try:
        image_files.save_full_variants((image.key, one.data) for image, one in zip(images, processed, strict=True))
        yield images
    except Exception:
        with transaction.atomic():
            Image.objects.discard(images)
        raise


def mark_stored(images: Sequence[Image]) -> None:
    """Make accepted images usable and enqueue the jobs that make their variants, in the caller's transaction."""
    if not images:
        return
    now = timezone.now()
    Image.objects.filter(pk__in=[image.pk for image in images]).update(stored_at=now)
    enqueue_many("media.make_variants", [{"image_id": image.pk} for image in images])
    for image in images:
        image.stored_at = now


def _check_client(request: Any) -> None:
    if request is not None:
        require_client(request)


def _check_quota(owner: models.Model, number: int, size: int) -> None:
    """Raise QuotaExceeded if the owner may not have so many images, and bytes, more."""
    used = (
        Image.objects.not_discarded().filter(owner=owner.pk).aggregate(number=Count("pk"), size=Sum("bytes", default=0))
    )
    if used["number"] + number > settings.IMAGE_QUOTA_COUNT or used["size"] + size > settings.IMAGE_QUOTA_BYTES:
        raise QuotaExceeded


def _create_rows(processed: Sequence[ProcessedImage], owner: models.Model, alts: Sequence[str]) -> list[Image]:
    images = [
        Image(owner_id=owner.pk, width=one.width, height=one.height, bytes=len(one.data), alt=alt)
        for one, alt in zip(processed, alts or [""] * len(processed), strict=True)
    ]
    with transaction.atomic(durable=True):
        return list(save_all(images))
