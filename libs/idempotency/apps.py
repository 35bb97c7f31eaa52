"""The leaf of replayed answers."""

from importlib import import_module

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "libs.idempotency"

    def ready(self) -> None:
        """Import the clean-up task, which registers itself."""
        import_module("libs.idempotency.purge")
