"""What this app contributes to a member's erasure and data export."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Prefetch, Q

from accounts.exports.contents import iterate_by_id
from accounts.member_data_registry import ErasureStage, add_block_step, add_erasure_step, add_export_file
from accounts.models import Member
from comments.models import Comment, CommentMention
from libs.cleanup import chunk_ids, delete_chunk
from posts.dependents import add_dependents
from posts.models.mention import mentioned_ids
from posts.recount import add_counted


def erase_comments(member: Member, limit: int) -> bool:
    """Delete the member's comments; of those with replies of others a row without author and text stays."""
    ids = chunk_ids(Comment.objects.filter(author=member.pk), limit)
    Comment.objects.erase(ids)
    return len(ids) == limit


def erase_comments_on(post_ids: Sequence[int], limit: int) -> bool:
    """Delete comments on posts that are being deleted; replies first, which point at the others."""
    comments = Comment.objects.filter(post__in=post_ids)
    replies = chunk_ids(comments.filter(parent__isnull=False), limit)
    ids = replies or chunk_ids(comments, limit)
    Comment.objects.filter(pk__in=ids).delete()
    return bool(replies) or len(ids) == limit


def delete_comment_mentions_between(one: int, other: int, limit: int) -> bool:
    """Delete mentions of two members in each other's comments."""
    pairs = Q(member=one, comment__author=other) | Q(member=other, comment__author=one)
    return delete_chunk(CommentMention.objects.filter(pairs), limit) == limit


def export_comments(member: Member) -> Iterator[dict[str, Any]]:
    """The member's comments and replies with whom they mention, those included that a moderator removed."""
    mentions = Prefetch("mentions", CommentMention.objects.visible_to(member).order_by("position"))
    for comment in iterate_by_id(Comment.objects.filter(author=member.pk).prefetch_related(mentions)):
        reply_to = str(comment.parent_id) if comment.parent_id else None
        ids = {"id": str(comment.pk), "post_id": str(comment.post_id), "reply_to": reply_to}
        times = {"created_at": comment.created_at, "removed_at": comment.removed_at}
        yield ids | {"text": comment.text, "mentions": mentioned_ids(comment)} | times


add_erasure_step(ErasureStage.CONTENT, erase_comments)
add_block_step(delete_comment_mentions_between)
add_dependents(erase_comments_on)
add_counted("comments", Comment.objects.counted)
add_export_file("comments", export_comments)
