"""Avatar: the picture a member shows themselves with."""

from django.conf import settings
from django.db import models

from media.models import Image


class Avatar(models.Model):
    """A row of its own, so that members do not need pictures to exist and migrations never loop."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    image = models.OneToOneField(Image, models.PROTECT)

    def __str__(self) -> str:
        return f"avatar of {self.member_id}"
