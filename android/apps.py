"""The Django app of the Android compatibility API."""

from django.apps import AppConfig


class AndroidConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "android"
