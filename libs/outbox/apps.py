"""The Django app of the outbox."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Imports the job handlers of all apps at the start."""

    name = "libs.outbox"
    verbose_name = _("Outbox")

    def ready(self) -> None:
        """Import each app's `jobs.py`, whose handlers register themselves, and the system check."""
        autodiscover_modules("jobs")
        # It imports the model, which is not loaded when this module is imported.
        import_module("libs.outbox.checks")
