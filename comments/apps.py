"""The comments app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    """Comments on posts, and replies to them."""

    name = "comments"
    verbose_name = _("Comments")
