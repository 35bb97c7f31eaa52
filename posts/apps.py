"""The posts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PostsConfig(AppConfig):
    """Posts, feeds and search."""

    name = "posts"
    verbose_name = _("Posts")
