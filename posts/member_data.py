"""What this app contributes to a member's erasure, data export and profile."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.exports.contents import image_path, iterate_by_id
from accounts.member_data_registry import (
    ErasureStage,
    ProfileCount,
    add_block_step,
    add_erasure_step,
    add_export_file,
    add_profile_count,
)
from accounts.models import Member
from libs.change_log import log_changes
from libs.cleanup import chunk_ids, delete_chunk
from posts.dependents import add_dependents, erase_dependents
from posts.models import Heart, Post, PostEdit, PostImage, PostMention, PostShare, PostTag, SavedPost
from posts.models.mention import mentioned_ids
from posts.recount import add_counted


def erase_posts(member: Member, limit: int) -> bool:
    """Delete the member's posts, images included."""
    ids = chunk_ids(Post.objects.filter(author=member.pk), limit)
    if erase_dependents(ids, limit):
        return True
    Post.objects.erase(ids)
    return len(ids) == limit


def erase_rows_of(post_ids: Sequence[int], limit: int) -> bool:
    """Delete hearts, tags and mentions of posts that are being deleted, and that they are saved."""
    rows = [model._default_manager.filter(post__in=post_ids) for model in (Heart, SavedPost, PostTag, PostMention)]
    return any(delete_chunk(each, limit) == limit for each in rows)


def erase_hearts(member: Member, limit: int) -> bool:
    """Delete the hearts that the member gave, and count them no more."""
    return Heart.objects.filter(owner=member.pk).delete_chunk(limit)


def delete_hearts_between(one: int, other: int, limit: int) -> bool:
    """Delete the hearts of two members on each other's posts."""
    pairs = ((one, other), (other, one))
    is_more = [Heart.objects.filter(owner=giver, post__author=author).delete_chunk(limit) for giver, author in pairs]
    return any(is_more)


def delete_post_mentions_between(one: int, other: int, limit: int) -> bool:
    """Delete mentions of two members in each other's posts."""
    rows = PostMention.objects.filter(Q(member=one, post__author=other) | Q(member=other, post__author=one))
    found = dict(rows.order_by().values_list("pk", "post")[:limit])
    PostMention.objects.filter(pk__in=found).delete()
    log_changes("post", [*found.values()])
    return len(found) == limit


def export_posts(member: Member) -> Iterator[dict[str, Any]]:
    """Every post with the files of its images in their order, and the ids of visible members whom it mentions.

    Posts that a moderator removed are exported, those that the member has deleted are not.
    """
    mentions = Prefetch("mentions", PostMention.objects.visible_to(member).order_by("position"))
    for post in iterate_by_id(_posts_of(member).prefetch_related("post_images__image", mentions)):
        images = sorted(post.post_images.all(), key=lambda post_image: post_image.position)
        times = {name: getattr(post, name) for name in ("created_at", "edited_at", "removed_at")}
        lists = {"images": [_image_row(image) for image in images], "mentions": mentioned_ids(post)}
        yield {"id": str(post.pk), "text": post.text, **times, **lists}


def export_post_edits(member: Member) -> Iterator[dict[str, Any]]:
    """Former texts of posts, a row for each change: there may be many of one post."""
    for edit in iterate_by_id(PostEdit.objects.filter(post__in=_posts_of(member))):
        yield {"post": str(edit.post_id), "text": edit.text, "edited_at": edit.edited_at}


def export_hearts(member: Member) -> Iterator[dict[str, Any]]:
    """The posts to which the member has given a heart."""
    for heart in iterate_by_id(Heart.objects.filter(owner=member.pk).visible(member)):
        yield {"post": str(heart.post_id), "created_at": heart.created_at}


def export_saved_posts(member: Member) -> Iterator[dict[str, Any]]:
    """The posts that the member has saved."""
    for saved in iterate_by_id(SavedPost.objects.filter(owner=member.pk).visible(member)):
        yield {"post": str(saved.post_id), "created_at": saved.created_at}


def export_shared_posts(member: Member) -> Iterator[dict[str, Any]]:
    """The posts that the member shares by a link, without the links: the copy may lie where others read it."""
    for share in iterate_by_id(PostShare.objects.filter(post__in=_posts_of(member))):
        yield {"post": str(share.post_id), "created_at": share.created_at}


def published_posts(member: Member) -> QuerySet[Post]:
    """Posts of the member that are not removed or deleted."""
    return Post.objects.published().not_hidden_by_author().filter(author=member.pk)


def visible_posts(member: Member, viewer: Member) -> QuerySet[Post]:
    """Posts of the member that the viewer may see."""
    return Post.objects.visible_to(viewer).filter(author=member.pk)


def _posts_of(member: Member) -> QuerySet[Post]:
    return Post.objects.filter(author=member.pk).not_hidden_by_author()


def _image_row(post_image: PostImage) -> dict[str, Any]:
    image_id = post_image.image_id
    return {"id": str(image_id), "file": image_path(image_id), "alt": post_image.image.alt}


add_erasure_step(ErasureStage.CONTENT, erase_hearts)
add_erasure_step(ErasureStage.CONTENT, erase_posts)
add_counted("hearts", Heart.objects.all)
add_block_step(delete_hearts_between)
add_block_step(delete_post_mentions_between)
add_dependents(erase_rows_of)
add_export_file("posts", export_posts)
add_export_file("post-edits", export_post_edits)
add_export_file("hearts", export_hearts)
add_export_file("saved-posts", export_saved_posts)
add_export_file("shared-posts", export_shared_posts)
add_profile_count("posts", ProfileCount(published_posts, visible_rows=visible_posts))
