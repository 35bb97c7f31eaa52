"""The moderation app."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Reports of members and posts, and banned e-mail addresses."""

    name = "moderation"
