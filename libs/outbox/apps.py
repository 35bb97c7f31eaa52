"""The room of durable jobs; finds the handlers of all other rooms at the start."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "libs.outbox"

    def ready(self) -> None:
        """Import the `jobs.py` of each app, whose handlers register themselves, the check and the clean-up task."""
        autodiscover_modules("jobs")
        # Models are not loaded when this module is imported, and these two name one.
        import_module("libs.outbox.checks")
        import_module("libs.outbox.purge")
