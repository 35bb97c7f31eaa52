"""The room of posts."""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    """What members say."""

    name = "posts"

    def ready(self) -> None:
        """Tell the room below what this one holds of a member: what to erase, what to give them, and what to count."""
        from accounts import erasure
        from accounts.exports import contents
        from accounts.profiles import profiles
        from posts.export import export_post_edits, export_posts
        from posts.models.post import erase_posts_of, posts_of

        erasure.register(10, erase_posts_of)
        contents.register(20, "posts", export_posts)
        contents.register(21, "post-edits", export_post_edits)
        profiles.count("posts", posts_of)
