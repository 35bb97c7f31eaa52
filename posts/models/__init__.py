"""Models of posts, one per module."""

from posts.models.heart import Heart
from posts.models.post import Post, PostImage
from posts.models.post_counts import PostCounts
from posts.models.post_edit import PostEdit
from posts.models.post_mention import PostMention
from posts.models.post_share import PostShare
from posts.models.post_tag import PostTag
from posts.models.saved_post import SavedPost

__all__ = ["Heart", "Post", "PostCounts", "PostEdit", "PostImage", "PostMention", "PostShare", "PostTag", "SavedPost"]
