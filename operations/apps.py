"""The room of operations."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "operations"
