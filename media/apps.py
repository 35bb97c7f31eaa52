"""The app of images."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    """Uploaded images: processing, storage, clean-up."""

    name = "media"
    verbose_name = _("Images")
