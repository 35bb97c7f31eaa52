"""The room of members."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who someone is, and whom they see."""

    name = "accounts"

    def ready(self) -> None:
        """Enter what this room gives into an export, and the end of exports into erasure."""
        from accounts import erasure, export_steps
        from accounts.models.export import erase_exports_of

        export_steps.register_all()
        erasure.register(20, erase_exports_of)
