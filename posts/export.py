"""What this room puts into a member's export: their posts, those that a moderator removed included."""

from collections.abc import Iterator
from typing import Any

from accounts.export import in_turn, picture_file
from accounts.models import Member
from posts.models import Post, PostImage


def tell_posts(member: Member) -> Iterator[dict[str, Any]]:
    """Every post with the files of its pictures, in the order they are shown."""
    for post in in_turn(Post.objects.filter(author=member.pk).prefetch_related("post_images__image")):
        shown = sorted(post.post_images.all(), key=lambda placed: placed.position)
        times = {"created_at": post.created_at, "removed_at": post.removed_at}
        yield {"id": str(post.pk), "text": post.text, **times, "images": [_told(placed) for placed in shown]}


def _told(placed: PostImage) -> dict[str, Any]:
    return {"id": str(placed.image_id), "file": picture_file(placed.image_id), "alt": placed.image.alt}
