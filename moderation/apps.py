"""The moderation app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports of members and posts, and banned e-mail addresses."""

    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        """Register the metrics."""
        # Models are not loaded when this module is imported.
        import_module("moderation.metrics")
