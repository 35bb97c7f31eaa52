"""The room of posts."""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    """What members say."""

    name = "posts"

    def ready(self) -> None:
        """Tell the room below what this one holds of a member: what to erase, and what to count."""
        from accounts import erasure, profiles
        from posts.models.post import erase_posts_of, posts_of

        erasure.register(10, erase_posts_of)
        profiles.count("posts", posts_of)
