"""The room of members."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who someone is, and whom they see."""

    name = "accounts"

    def ready(self) -> None:
        """Enter what this room gives into an export, the end of exports into erasure, and the system check."""
        from accounts import erasure
        from accounts.exports import member_files
        from accounts.models.export import erase_exports_of

        member_files.register_all()
        erasure.register(20, erase_exports_of)
        # Models are not loaded when this module is imported, and the check names one.
        import_module("accounts.checks")
