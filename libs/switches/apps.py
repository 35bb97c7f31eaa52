"""The Django app of the switches."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SwitchesConfig(AppConfig):
    """Imports the switches of all apps at the start."""

    name = "libs.switches"

    def ready(self) -> None:
        """Import each app's `switches.py`, which declares its switches."""
        autodiscover_modules("switches")
