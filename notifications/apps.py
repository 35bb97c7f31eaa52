"""The notifications app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """What happened to members and their posts, for them to read."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Add the handlers of events."""
        # They name models, which are not loaded when this module is imported.
        import_module("notifications.event_handlers")
