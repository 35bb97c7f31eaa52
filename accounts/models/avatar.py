"""Avatar: the image of a member's profile."""

from django.conf import settings
from django.db import models

from media.models import Image


class Avatar(models.Model):
    """A table of its own, so that the migrations of members do not depend on those of images."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    image = models.OneToOneField(Image, models.PROTECT)

    def __str__(self) -> str:
        return f"avatar of {self.member_id}"
