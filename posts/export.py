"""What this room puts into a member's export: their posts, and what these said before.

Those that a moderator removed are told too; those that the member has taken back are gone.
"""

from collections.abc import Iterator
from typing import Any

from accounts.exports.contents import iterate_by_id, image_path
from accounts.models import Member
from posts.models import Post, PostEdit, PostImage
from posts.models.post import PostQuerySet


def export_posts(member: Member) -> Iterator[dict[str, Any]]:
    """Every post with the files of its pictures, in the order they are shown."""
    for post in iterate_by_id(_kept(member).prefetch_related("post_images__image")):
        shown = sorted(post.post_images.all(), key=lambda placed: placed.position)
        times = {name: getattr(post, name) for name in ("created_at", "edited_at", "removed_at")}
        yield {"id": str(post.pk), "text": post.text, **times, "images": [_told(placed) for placed in shown]}


def export_post_edits(member: Member) -> Iterator[dict[str, Any]]:
    """What posts said before, a row for each change: there may be many of one post."""
    for edit in iterate_by_id(PostEdit.objects.filter(post__in=_kept(member))):
        yield {"post": str(edit.post_id), "text": edit.text, "edited_at": edit.edited_at}


def _kept(member: Member) -> PostQuerySet:
    posts: PostQuerySet = Post.objects.filter(author=member.pk).still_said()
    return posts


def _told(placed: PostImage) -> dict[str, Any]:
    return {"id": str(placed.image_id), "file": image_path(placed.image_id), "alt": placed.image.alt}
