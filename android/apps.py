"""The room of the Android app."""

from django.apps import AppConfig


class AndroidConfig(AppConfig):
    """The app's wire."""

    name = "android"
