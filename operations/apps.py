"""App configuration of health checks, operators' commands and demo data."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "operations"
