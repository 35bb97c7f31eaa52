"""ReportedImage: a copy of an image as it was reported, in private storage under a key of its own."""

import secrets

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.outbox.queue import enqueue_many
from media.models import ALT_MAX_GRAPHEMES, Image
from media.storage import image_files

# Images deleted by one job, so that it ends well within its lease.
IMAGES_PER_JOB = 100


def new_reported_image_key() -> str:
    """A key for the files of a copy: 128 random bits, which do not reveal the original's key."""
    return f"reports/{timezone.now():%Y/%m}/{secrets.token_hex(16)}"


class ReportedImageQuerySet(models.QuerySet["ReportedImage"]):
    """Several images of reports."""

    def copy_later(self) -> None:
        """Enqueue a job for each image that makes its copy, in the caller's transaction."""
        ids = self.values_list("pk", flat=True)
        enqueue_many("moderation.copy_reported_images", [{"reported_image_ids": [pk]} for pk in ids])

    def in_public_storage(self) -> "ReportedImageQuerySet":
        """Copies that an earlier release made, which anybody may read who knows their URLs."""
        return self.filter(copied_at__isnull=False, private_at=None, discarded_at=None)

    @transaction.atomic
    def discard(self) -> None:
        """Release the originals that are not copied yet, and enqueue the deletion of files and rows."""
        image_ids = dict(self.values_list("pk", "image_id"))
        self.model.objects.filter(pk__in=image_ids).update(image=None, alt="", discarded_at=timezone.now())
        discard_unreferenced([image_id for image_id in image_ids.values() if image_id])
        ids = list(image_ids)
        batches = [ids[start : start + IMAGES_PER_JOB] for start in range(0, len(ids), IMAGES_PER_JOB)]
        enqueue_many("moderation.delete_reported_images", [{"reported_image_ids": batch} for batch in batches])


class ReportedImage(models.Model):
    """An image of what was reported, at its position.

    Until it is copied it refers to the original, whose files media keeps as long as some row refers to it, even if its
    owner deletes it right after the report.
    """

    report = models.ForeignKey("moderation.Report", models.CASCADE, verbose_name=_("report"), related_name="images")
    image = models.ForeignKey(Image, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, unique=True, default=new_reported_image_key, editable=False)
    alt = models.CharField(_("description"), max_length=ALT_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))
    copied_at = models.DateTimeField(null=True)
    # When the copy was in private storage; null for copies that an earlier release made.
    private_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True, db_index=True)

    objects = ReportedImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported image")
        verbose_name_plural = _("reported images")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"image {self.position} of report {self.report_id}"

    def read(self) -> bytes | None:
        """Read the copy, or the original until there is a copy; raises StorageUnavailable, None if both are lost."""
        return image_files.find_full(self.image.key if self.image and not self.copied_at else self.key)

    @transaction.atomic
    def release_original(self) -> bool:
        """Note that the copy is stored, and refer to the original no more; False when it was discarded meanwhile.

        An original whose owner deleted it since the report is discarded now.
        """
        is_kept = ReportedImage.objects.filter(pk=self.pk, discarded_at=None).update(
            image=None, copied_at=timezone.now(), private_at=timezone.now()
        )
        discard_unreferenced([self.image_id] if self.image_id else [])
        return bool(is_kept)


def discard_unreferenced(image_ids: list[int]) -> None:
    """Discard those originals that nothing refers to; they are locked first, so that nothing claims one meanwhile."""
    originals = Image.objects.filter(pk__in=image_ids)
    list(originals.order_by("pk").select_for_update().values_list("pk"))
    Image.objects.discard(list(originals.unreferenced().values_list("pk", flat=True)))
