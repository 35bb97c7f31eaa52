"""ReportedImage: a picture as it was reported, kept under a key of its own."""

import secrets

from django.db import models, transaction
from django.utils import timezone

from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.outbox.queue import enqueue_many
from media.image_urls import image_urls
from media.models import ALT_MAX_GRAPHEMES, Image

# Pictures that one job deletes, so that it is done well within its lease.
DELETED_BY_ONE_JOB = 100


def new_key() -> str:
    """Where the copy's file goes; as hard to guess as the original's, which it does not tell."""
    return f"reports/{timezone.now():%Y/%m}/{secrets.token_hex(16)}"


class ReportedImageQuerySet(models.QuerySet["ReportedImage"]):
    """Reported pictures, several at once."""

    @transaction.atomic
    def give_up(self) -> None:
        """Remove them and let go of what was not copied yet; files and rows go after the commit."""
        held = dict(self.values_list("pk", "image_id"))
        self.model.objects.filter(pk__in=held).update(image=None, alt="", discarded_at=timezone.now())
        discard_unreferenced([image_id for image_id in held.values() if image_id])
        ids = list(held)
        batches = [ids[at : at + DELETED_BY_ONE_JOB] for at in range(0, len(ids), DELETED_BY_ONE_JOB)]
        enqueue_many("moderation.delete_pictures", [{"picture_ids": batch} for batch in batches])


class ReportedImage(models.Model):
    """A picture in its place in a report.

    Until the copy is made it holds on to the original: media keeps the files of a picture that some row points to,
    however soon after the report its owner deletes it.
    """

    report = models.ForeignKey("moderation.Report", models.CASCADE, related_name="images")
    image = models.ForeignKey(Image, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, unique=True, default=new_key, editable=False)
    alt = models.CharField(max_length=ALT_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME, blank=True)
    position = models.PositiveSmallIntegerField()
    copied_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True, db_index=True)

    objects = ReportedImageQuerySet.as_manager()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"picture {self.position} of report {self.report_id}"

    @property
    def address(self) -> str:
        """Where it can be looked at: the copy, or the original until there is one."""
        key = self.image.key if self.image and not self.copied_at else self.key
        return image_urls(key, has_variants=False)["full"]

    @transaction.atomic
    def let_go(self) -> bool:
        """Note that the copy is there, and leave the original to its owner; False when the report gave it up meanwhile.

        An original that was deleted since the report, and kept for the copy only, goes now.
        """
        is_wanted = ReportedImage.objects.filter(pk=self.pk, discarded_at=None).update(
            image=None, copied_at=timezone.now()
        )
        discard_unreferenced([self.image_id] if self.image_id else [])
        return bool(is_wanted)


def discard_unreferenced(image_ids: list[int]) -> None:
    """Give up the originals that nothing shows any more; locked first, so that nothing takes one meanwhile."""
    originals = Image.objects.filter(pk__in=image_ids)
    list(originals.order_by("pk").select_for_update().values_list("pk"))
    Image.objects.discard(list(originals.unreferenced().values_list("pk", flat=True)))
