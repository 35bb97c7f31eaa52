"""Posts as the API shows them: two statements a page, made of plain values without model instances or serializers."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.models import Member
from accounts.profiles.representations import member_summary, member_summary_values
from libs.compiled_queries import CompiledQuery, key_only
from libs.keyset.querysets import CompiledList
from media.representations import image_representation, image_values
from posts.models import Post, PostImage


def post_values(posts: QuerySet[Post], viewer: Member) -> Any:
    """The columns of posts that `post_representations` needs for this viewer."""
    columns = ("id", "created_at", "edited_at", "text", "image_count")
    return posts.values(*columns, **member_summary_values(viewer, "author__"))


@CompiledList
def compiled_feed(viewer: int) -> Any:
    """Everything that the member with this id may see, newest first."""
    member = key_only(Member, viewer)
    return post_values(Post.objects.feed_for(member), member)


@CompiledList
def compiled_author_feed(viewer: int, author: int) -> Any:
    """What the viewer may see of one author, newest first."""
    member = key_only(Member, viewer)
    return post_values(Post.objects.feed_for(member).filter(author=author), member)


def post_representations(rows: Sequence[dict[str, Any]], viewer: Member) -> list[dict[str, Any]]:
    """The posts of one page as the viewer sees them; posts.serializers.PostSerializer documents them."""
    images = images_by_post([row["id"] for row in rows if row["image_count"]])
    return [
        {
            "id": str(row["id"]),
            "author": member_summary(row),
            "text": row["text"],
            "images": images.get(row["id"], []),
            "created_at": row["created_at"],
            "edited_at": row["edited_at"],
            "viewer": {"is_author": row["member_id"] == viewer.pk},
        }
        for row in rows
    ]


def images_by_post(post_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The images of these posts, in their order, by one statement; by none if there are no posts."""
    images: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if post_ids:
        for row in compiled_post_images.rows(post_ids=list(post_ids)):
            images[row["post_id"]].append(image_representation(row))
    return images


@CompiledQuery
def compiled_post_images(post_ids: list[int]) -> Any:
    """The columns of these posts' images."""
    post_images = PostImage.objects.filter(post__in=post_ids).order_by("post", "position")
    return post_images.values("post_id", "image_id", **image_values("image__"))
