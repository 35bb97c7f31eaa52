"""The posts app."""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    """Posts, feeds and search."""

    name = "posts"
