"""Comments as the API shows them: one statement a page, made of plain values without model instances or serializers."""

from collections.abc import Mapping
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F

from accounts.models import Member
from accounts.profiles.counts import RowCount
from accounts.profiles.representations import member_summary, member_summary_values
from comments.models import Comment, CommentMention
from comments.models.comment import POST_AUTHOR, CommentQuerySet
from libs.compiled_queries import CompiledQuery, key_only
from libs.keyset.querysets import CompiledList
from posts.models import Post
from posts.models.mention import mention_rows
from posts.representations import mention_list

# Numbers of replies are exact below this number, which itself means "so many or more".
REPLY_COUNT_LIMIT = 100


def comment_values(comments: CommentQuerySet, viewer: Member, post_author: Any = POST_AUTHOR) -> Any:
    """The columns of comments that `comment_representation` needs for this viewer."""
    replies = Comment.objects.replies_readable_by(viewer, post_author).values("pk")[:REPLY_COUNT_LIMIT]
    is_readable = CommentQuerySet.readable_condition(viewer, post_author)
    return comments.values(
        "id",
        "created_at",
        "post_id",
        "parent_id",
        "text",
        post_author_id=F("post__author_id"),
        is_readable=ExpressionWrapper(is_readable, BooleanField()),
        reply_count=RowCount(replies),
        mention_rows=mention_rows(CommentMention.objects.visible_to(viewer)),
        **member_summary_values(viewer, "author__"),
    )


def shown_comment(viewer: Member, comment: int) -> CommentQuerySet:
    """The comment with this id, if lists show it to the viewer, as a placeholder too."""
    return Comment.objects.on_visible_posts(viewer).filter(pk=comment).shown_to(viewer)


@CompiledList
def compiled_comments(viewer: int, post: int, post_author: int) -> Any:
    """The comments of a post that lists show the viewer, without replies, oldest first."""
    member = key_only(Member, viewer)
    shown = Comment.objects.filter(post=post, parent=None).shown_to(member, post_author)
    return comment_values(shown.oldest_first(), member, post_author)


@CompiledList
def compiled_replies(viewer: int, comment: int, post_author: int) -> Any:
    """The replies to a comment that the viewer may read, oldest first."""
    member = key_only(Member, viewer)
    readable = Comment.objects.filter(CommentQuerySet.readable_condition(member, post_author), parent=comment)
    return comment_values(readable.oldest_first(), member, post_author)


@CompiledQuery
def compiled_comment(viewer: int, comment: int) -> Any:
    """One comment, if lists show it to the viewer, as a placeholder too."""
    member = key_only(Member, viewer)
    return comment_values(shown_comment(member, comment), member)


@CompiledQuery
def compiled_shown_comment(viewer: int, comment: int) -> Any:
    """The author of the post, if lists show the viewer this comment, as a placeholder too."""
    return shown_comment(key_only(Member, viewer), comment).values(post_author=F("post__author_id"))


@CompiledQuery
def compiled_visible_post(viewer: int, post: int) -> Any:
    """The author of a post, if the viewer may see it."""
    return Post.objects.visible_to(key_only(Member, viewer)).filter(pk=post).values(post_author=F("author_id"))


def comment_representation(row: Mapping[str, Any], viewer: int) -> dict[str, Any]:
    """A comment as the member with this id sees it; comments.serializers.CommentSerializer documents it.

    Of what they may not read it shows a placeholder, which does not tell whether it was deleted or is hidden.
    """
    is_readable = bool(row["is_readable"])
    is_author = is_readable and row["member_id"] == viewer
    return {
        "id": str(row["id"]),
        "post_id": str(row["post_id"]),
        "author": member_summary(row) if is_readable else None,
        "text": row["text"] if is_readable else "",
        "mentions": mention_list(row) if is_readable else [],
        "created_at": row["created_at"],
        "reply_to": str(row["parent_id"]) if row["parent_id"] else None,
        "reply_count": row["reply_count"],
        "is_deleted": not is_readable,
        "viewer": {
            "is_author": is_author,
            "may_delete": is_author or (is_readable and row["post_author_id"] == viewer),
        },
    }
