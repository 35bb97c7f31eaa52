"""Models of comments."""

from comments.models.comment import Comment

__all__ = ["Comment"]
