"""Image: one picture, kept as three files, whoever shows it."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, ManyToOneRel, OuterRef
from django.utils import timezone

from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.keyset.models import TimeOrdered
from libs.outbox.queue import enqueue_many
from media.errors import ImageInUse, ImageNotUsable
from media.image_urls import picture

# The longest description of a picture. Graphemes.
ALT_MAX_GRAPHEMES = 500
# A member who leaves may take thousands of pictures along. A number.
DELETED_BY_ONE_JOB = 100


def new_image_key() -> str:
    """Where a new picture's files go: nobody guesses its 128 random bits, and nothing in it is the client's."""
    return f"images/{timezone.now():%Y/%m}/{secrets.token_hex(16)}"


class ImageQuerySet(models.QuerySet["Image"]):
    """Pictures by what has become of them."""

    def kept(self) -> Self:
        """Pictures that nobody has given up."""
        return self.filter(discarded_at=None)

    def stored(self) -> Self:
        """Pictures that can be shown: safely in storage, and not given up."""
        return self.kept().filter(stored_at__isnull=False)

    def unshown(self) -> Self:
        """Pictures that nothing shows, by Django's relations: media knows nobody who shows pictures."""
        unshown = self
        for relation in self.model._meta.get_fields(include_hidden=True):
            if isinstance(relation, ManyToOneRel):
                showing = relation.field.model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
                unshown = unshown.filter(~Exists(showing))
        return unshown

    def to_check(self, before: datetime) -> Self:
        """Images made before this that clean-up has not seen referenced by anything yet."""
        return self.kept().filter(checked_at=None, created_at__lt=before)

    def usable_by(self, member: models.Model) -> Self:
        """Pictures that the member may show now: their own, stored, and shown by nothing yet."""
        return self.stored().filter(owner=member.pk).unshown()

    def claim(self, ids: Sequence[int], *, owner: models.Model) -> list["Image"]:
        """The owner's free pictures of these ids, in this order, for the caller's transaction to show.

        The rows are locked first and looked at after, so that of two posts at once only one gets a picture.
        Raises ImageNotUsable when one of them is unknown, somebody else's, or shown already.
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
        """Give pictures up, in the caller's transaction; their files and rows go after its commit. Says how many.

        What shows them is removed before, by whoever knows it: a picture that is still shown is kept.
        """
        ids = [image.pk if isinstance(image, Image) else image for image in images]
        number = self.kept().filter(pk__in=ids).update(discarded_at=timezone.now())
        if number:
            self.delete_files_later(ids)
        return number

    def delete_files_later(self, ids: Sequence[int]) -> None:
        """Owe the jobs that delete pictures given up; several, so that each is done well within its lease."""
        batches = [ids[at : at + DELETED_BY_ONE_JOB] for at in range(0, len(ids), DELETED_BY_ONE_JOB)]
        enqueue_many("media.delete_files", [{"image_ids": batch} for batch in batches])


class Image(TimeOrdered):
    """A picture as it was finished at intake; what its owner sent is not kept."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="images", db_index=False
    )
    # The stem of its files' names, see media.image_urls.
    key = models.CharField(max_length=80, unique=True, default=new_image_key, editable=False)
    # Of the full variant. Pixels, and bytes.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    # What to show until the picture is there (blurha.sh); empty until it is made.
    blurhash = models.CharField(max_length=60, blank=True)
    # For those who do not see the picture.
    alt = models.CharField(max_length=ALT_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When the full file was safely in storage, when thumb and feed were, and when the picture was given up.
    stored_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)
    variants_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)
    discarded_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)
    # When clean-up saw that something references it; see media.purge.
    checked_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        indexes = [
            # Quotas are answered from this index alone.
            models.Index(fields=["owner", "discarded_at", "bytes"], name="image_quota"),
            models.Index(
                fields=["discarded_at"], name="image_discarded", condition=models.Q(discarded_at__isnull=False)
            ),
            models.Index(fields=["id"], name="image_to_check", condition=models.Q(checked_at=None, discarded_at=None)),
        ]

    def __str__(self) -> str:
        return self.key

    def as_picture(self) -> dict[str, Any]:
        """The picture as every answer of v1 shows it."""
        return picture(
            id=self.pk,
            key=self.key,
            width=self.width,
            height=self.height,
            blurhash=self.blurhash,
            alt=self.alt,
            has_variants=self.variants_at is not None,
        )

    def describe(self, alt: str) -> None:
        """Say in words what the picture shows."""
        self.alt = alt
        self.save(update_fields=["alt"])

    @transaction.atomic
    def give_up(self) -> None:
        """Delete the picture, file and all, after the commit; raises ImageInUse while something shows it."""
        if not Image.objects.unshown().filter(pk=self.pk).exists():
            raise ImageInUse
        Image.objects.discard([self])
