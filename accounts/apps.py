"""The room of members."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who someone is, and whom they see."""

    name = "accounts"

    def ready(self) -> None:
        """Register the system check."""
        # Models are not loaded when this module is imported, and the check names one.
        import_module("accounts.checks")
