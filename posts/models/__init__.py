"""Models of posts, one per module."""

from posts.models.post import Post, PostImage
from posts.models.post_edit import PostEdit

__all__ = ["Post", "PostEdit", "PostImage"]
