"""The accounts app; imports what every app contributes to erasure, exports and profiles."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Members, sign-up, login sessions, profiles, exports and erasure."""

    name = "accounts"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Import the `member_data.py` of each app, whose contributions register themselves, and the system check."""
        autodiscover_modules("member_data")
        # Models are not loaded when this module is imported, and the check names one.
        import_module("accounts.checks")
