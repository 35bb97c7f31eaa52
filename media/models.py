"""Image: an uploaded image, stored as a JPEG and two smaller WebP files."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, ManyToOneRel, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.change_log import log_changes
from libs.keyset.models import TimeOrdered
from libs.outbox.queue import enqueue_many
from media.errors import ImageInUse, ImageNotUsable
from media.representations import IMAGE_COLUMNS, image_representation

# The longest alt text. Graphemes.
ALT_MAX_GRAPHEMES = 500
# Images deleted by one job, so that it ends well within its lease; an erased member may have thousands.
DELETION_BATCH = 100


def new_image_key() -> str:
    """A key for a new image's files: 128 random bits, and nothing that the client sent."""
    return f"images/{timezone.now():%Y/%m}/{secrets.token_hex(16)}"


class ImageQuerySet(models.QuerySet["Image"]):
    """Images by their state: accepted, stored, referenced, discarded."""

    def not_discarded(self) -> Self:
        """Images that are not to be deleted."""
        return self.filter(discarded_at=None)

    def stored(self) -> Self:
        """Images whose full file is in storage, and that are not to be deleted."""
        return self.not_discarded().filter(stored_at__isnull=False)

    def public(self) -> Self:
        """Stored images whose files anybody may read who knows their URLs."""
        return self.stored().filter(withheld_at=None)

    def unreferenced(self) -> Self:
        """Images that no row of any model refers to; media does not know the models that do."""
        unreferenced = self
        for relation in self.model._meta.get_fields(include_hidden=True):
            if isinstance(relation, ManyToOneRel):
                referring = relation.field.model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
                unreferenced = unreferenced.filter(~Exists(referring))
        return unreferenced

    def to_check(self, before: datetime) -> Self:
        """Images made before this that clean-up has not seen referenced by anything yet."""
        return self.not_discarded().filter(checked_at=None, created_at__lt=before)

    def usable_by(self, member: models.Model) -> Self:
        """Images that the member may publish or take as avatar: their own, stored and unreferenced."""
        return self.stored().filter(owner=member.pk).unreferenced()

    def claim(self, ids: Sequence[int], *, owner: models.Model) -> list["Image"]:
        """The owner's usable images of these ids, in this order, locked until the caller's transaction refers to them.

        Rows are locked before they are checked, so that two posts at the same time cannot get the same image.
        Raises ImageNotUsable if one of them is unknown, somebody else's, or used already.
        """
        if not ids:
            return []
        own = self.filter(pk__in=ids, owner=owner.pk)
        list(own.order_by("pk").select_for_update().values_list("pk"))
        usable = {image.pk: image for image in own.usable_by(owner)}
        if len(usable) < len(ids):
            raise ImageNotUsable
        return [usable[pk] for pk in ids]

    def discard(self, images: Iterable["Image | int"]) -> int:
        """Mark images for deletion, in the caller's transaction, and return their number.

        Rows that refer to them are deleted first: the job that deletes the files keeps an image that is referenced.
        """
        ids = [image.pk if isinstance(image, Image) else image for image in images]
        number = self.not_discarded().filter(pk__in=ids).update(discarded_at=timezone.now())
        if number:
            self.enqueue_deletion(ids)
        return number

    def withhold(self, ids: Sequence[int]) -> None:
        """Make images unreadable until they are released, in the caller's transaction; a job moves the files."""
        self.filter(pk__in=ids, withheld_at=None).update(withheld_at=timezone.now(), variants_at=None)
        log_changes("image", ids)
        enqueue_many("media.move_files", [{"image_id": pk} for pk in ids])

    def release(self, ids: Sequence[int]) -> None:
        """Undo `withhold`, in the caller's transaction; a job moves the files back."""
        self.filter(pk__in=ids).update(withheld_at=None)
        enqueue_many("media.move_files", [{"image_id": pk} for pk in ids])

    def enqueue_deletion(self, ids: Sequence[int]) -> None:
        """Enqueue the jobs that delete the files and rows of discarded images."""
        batches = [ids[start : start + DELETION_BATCH] for start in range(0, len(ids), DELETION_BATCH)]
        enqueue_many("media.delete_files", [{"image_ids": batch} for batch in batches])


class Image(TimeOrdered):
    """An image as it was re-encoded when it was accepted; the uploaded file is not stored."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("owner"),
        null=True,
        related_name="images",
        db_index=False,
    )
    # The stem of its files' names, see media.image_urls.
    key = models.CharField(_("key"), max_length=80, unique=True, default=new_image_key, editable=False)
    # Of the full variant. Pixels, and bytes.
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    bytes = models.PositiveIntegerField(_("bytes"))
    # A placeholder that clients show until the image is loaded (blurha.sh); empty until a job has made it.
    blurhash = models.CharField(_("blurhash"), max_length=60, blank=True)
    alt = models.CharField(_("description"), max_length=ALT_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME, blank=True)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    # When the full file was in storage, when the smaller variants were, and when the image was marked for deletion.
    stored_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(_("stored"), null=True)
    variants_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(
        _("variants stored"), null=True
    )
    discarded_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(
        _("discarded"), null=True
    )
    # When the image was withheld, and when its full file was copied into private storage, where it stays.
    withheld_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(
        _("withheld"), null=True
    )
    private_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(
        _("copied into private storage"), null=True
    )
    # When clean-up saw that something references it; see media.cleanup.
    checked_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(_("checked"), null=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        indexes = [
            # Covers the aggregates of the quota.
            models.Index(fields=["owner", "discarded_at", "bytes"], name="image_quota"),
            models.Index(
                fields=["discarded_at"], name="image_discarded", condition=models.Q(discarded_at__isnull=False)
            ),
            models.Index(fields=["id"], name="image_to_check", condition=models.Q(checked_at=None, discarded_at=None)),
        ]

    def __str__(self) -> str:
        return self.key

    def to_representation(self) -> dict[str, Any]:
        """The image as the API shows it."""
        columns = {name: getattr(self, name) for name in IMAGE_COLUMNS}
        return image_representation(columns | {"image_id": self.pk, "has_variants": self.variants_at is not None})

    def set_alt(self, alt: str) -> None:
        """Change the text for those who do not see the image."""
        self.alt = alt
        self.save(update_fields=["alt"])
        log_changes("image", [self.pk])

    @transaction.atomic
    def discard(self) -> None:
        """Mark the image for deletion; raises ImageInUse while something refers to it."""
        if not Image.objects.unreferenced().filter(pk=self.pk).exists():
            raise ImageInUse
        Image.objects.discard([self])
