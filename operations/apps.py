"""App configuration of health checks, operators' commands and demo data."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "operations"

    def ready(self) -> None:
        """Register the system check, the metrics and the store of operators' changes."""
        from operations import checks, decisions, metrics  # noqa: F401 - they need the models
