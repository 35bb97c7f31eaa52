"""Requests and responses of comments."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.profiles.serializers import MemberSummarySerializer
from comments.representations import REPLY_COUNT_LIMIT
from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer
from posts.serializers import MentionIdsField, MentionSerializer


class CommentViewerSerializer(serializers.Serializer[Any]):
    """The viewer's relation to a comment."""

    is_author = serializers.BooleanField(help_text="Whether you wrote it.")
    may_delete = serializers.BooleanField(help_text="Whether you wrote it or the post.")


class CommentSerializer(serializers.Serializer[Any]):
    """A comment on a post, or a reply to one."""

    # Documents comments.representations.comment_representation.

    id = IdField()
    post_id = IdField()
    author = MemberSummarySerializer(allow_null=True, help_text="Null if `is_deleted`.")
    text = serializers.CharField(help_text="Empty if `is_deleted`.")
    mentions = MentionSerializer(many=True, help_text="Those of them whom you may see.")
    created_at = serializers.DateTimeField()
    reply_to = IdField(allow_null=True, help_text="The comment that it is a reply to; that one is never a reply.")
    reply_count = serializers.IntegerField(
        max_value=REPLY_COUNT_LIMIT, help_text="Replies that you may read: exact below 100, which means 100 or more."
    )
    is_deleted = serializers.BooleanField(
        help_text="Whether it is shown only because of its replies: it was deleted, or you may not read it."
    )
    viewer = CommentViewerSerializer()


class CommentCreateSerializer(StrictSerializer):
    """A new comment."""

    reply_to = IdField(
        required=False, help_text="A comment on the same post. A reply to a reply joins the comment above both."
    )
    mentions = MentionIdsField(default=list)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the text, whose limit is a setting and so not known at import."""
        text = TextField(max_graphemes=settings.COMMENT_MAX_GRAPHEMES, multiline=True)
        return {"text": text} | super().get_fields()
