"""The app of images."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """Uploaded images: processing, storage, clean-up."""

    name = "media"
