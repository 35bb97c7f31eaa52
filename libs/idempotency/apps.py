"""The Django app of stored responses."""

from importlib import import_module

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """Registers the clean-up task at the start."""

    name = "libs.idempotency"

    def ready(self) -> None:
        """Import the clean-up task, which registers itself."""
        import_module("libs.idempotency.purge")
