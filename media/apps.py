"""The room of media."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "media"
