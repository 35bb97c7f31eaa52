"""One noun a file."""

from posts.models.post import Post, PostImage

__all__ = ["Post", "PostImage"]
