"""WithheldAvatar: the image of an avatar that a moderator has reset, kept for as long as that can be undone."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from media.models import Image
from moderation.models.appeal import APPEAL_DAYS, Appeal


class WithheldAvatarQuerySet(models.QuerySet["WithheldAvatar"]):
    """Several of them."""

    def expired(self) -> "WithheldAvatarQuerySet":
        """Those whose reset cannot be appealed against any more, of members without an open appeal."""
        too_old = self.filter(created_at__lte=timezone.now() - timedelta(days=APPEAL_DAYS))
        return too_old.exclude(member__in=Appeal.objects.open().values("member"))

    @transaction.atomic
    def discard(self) -> int:
        """Delete the rows and their images; returns how many."""
        image_ids = list(self.values_list("image_id", flat=True))
        WithheldAvatar.objects.filter(image__in=image_ids).delete()
        Image.objects.discard(image_ids)
        return len(image_ids)


class WithheldAvatar(models.Model):
    """An image that nobody sees. media deletes no image to which a row refers."""

    image = models.OneToOneField(Image, models.PROTECT, primary_key=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = WithheldAvatarQuerySet.as_manager()

    def __str__(self) -> str:
        return f"image {self.image_id} of {self.member_id}"
