"""App configuration of health checks, operators' commands and demo data."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "operations"

    def ready(self) -> None:
        """Register the system check."""
        from operations import checks  # noqa: F401 - it needs the models
