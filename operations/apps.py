"""App configuration of health checks, operators' commands, clean-up and demo data."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OperationsConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "operations"

    def ready(self) -> None:
        """Import the `cleanup.py` of every app, whose tasks register themselves, and what else is registered."""
        autodiscover_modules("cleanup")
        # The system check, the metrics and the store of operators' changes.
        from operations import checks, decisions, metrics  # noqa: F401 - they need the models
