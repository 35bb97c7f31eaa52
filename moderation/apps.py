"""The moderation app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports of members and posts, and banned e-mail addresses."""

    name = "moderation"
    verbose_name = _("Moderation")
