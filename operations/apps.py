"""App configuration of health checks, operators' commands and demo data."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "operations"

    def ready(self) -> None:
        """Register the system check and the metrics."""
        from operations import checks, metrics  # noqa: F401 - they need the models
