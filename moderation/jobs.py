"""Jobs that copy and delete reported images."""

from typing import Any

from libs.outbox.registry import handles
from media.storage import image_files
from moderation.models import ReportedImage


# The second kind is that of the release before, whose jobs may still wait.
@handles("moderation.copy_reported_images", lane="files")
@handles("moderation.copy_pictures", lane="files")
def copy_reported_images(payload: dict[str, Any]) -> None:
    """Copy reported images into private storage. Raises StorageUnavailable to be retried."""
    waiting = ReportedImage.objects.filter(pk__in=_ids(payload), private_at=None, discarded_at=None)
    for reported in waiting.select_related("image"):
        data = reported.read()
        if data is None:
            # Storage has lost it, and waiting for it would keep its row for good.
            ReportedImage.objects.filter(pk=reported.pk).discard()
            continue
        image_files.save_private(reported.key, data)
        if not reported.release_original():
            # It was discarded meanwhile, and its deletion may have run before this file was stored.
            image_files.delete_private([reported.key])
        # An earlier release stored the copy where anybody may read it.
        image_files.delete_variants([reported.key])


@handles("moderation.delete_reported_images", lane="bulk")
@handles("moderation.delete_pictures", lane="bulk")
def delete_reported_images(payload: dict[str, Any]) -> None:
    """Delete files, then rows, of discarded copies. Raises StorageUnavailable to be retried."""
    discarded = ReportedImage.objects.filter(pk__in=_ids(payload), discarded_at__isnull=False)
    keys = list(discarded.values_list("key", flat=True))
    image_files.delete_private(keys)
    image_files.delete_variants(keys)
    discarded.delete()


def _ids(payload: dict[str, Any]) -> list[int]:
    ids: list[int] = payload["reported_image_ids"] if "reported_image_ids" in payload else payload["picture_ids"]
    return ids
