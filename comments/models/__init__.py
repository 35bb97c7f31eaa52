"""Models of comments."""

from comments.models.comment import Comment
from comments.models.comment_mention import CommentMention

__all__ = ["Comment", "CommentMention"]
