"""What this room does after the answer: copies of reported pictures, and the end of them."""

from typing import Any

from libs.outbox.registry import handles
from media.storage import image_files
from moderation.models import ReportedImage


@handles("moderation.copy_pictures")
def copy_pictures(payload: dict[str, Any]) -> None:
    """Copy reported pictures under keys of their own; raises StorageUnavailable to be tried again."""
    waiting = ReportedImage.objects.filter(pk__in=payload["picture_ids"], copied_at=None, discarded_at=None)
    for picture in waiting.filter(image__isnull=False).select_related("image"):
        assert picture.image is not None  # noqa: S101 - for the types; the filter says so
        original = image_files.find_variant(picture.image.key, "full")
        if original is None:
            # Storage has lost it; to wait for it would hold its row for good.
            ReportedImage.objects.filter(pk=picture.pk).give_up()
            continue
        image_files.replace_variant(picture.key, "full", original)
        if not picture.let_go():
            # Given up meanwhile, and perhaps deleted already: then nobody else would remove this file.
            image_files.delete_variants([picture.key])


@handles("moderation.delete_pictures")
def delete_pictures(payload: dict[str, Any]) -> None:
    """Delete files, then rows, of reported pictures given up; raises StorageUnavailable to be tried again."""
    given_up = ReportedImage.objects.filter(pk__in=payload["picture_ids"], discarded_at__isnull=False)
    image_files.delete_variants(given_up.values_list("key", flat=True))
    given_up.delete()
