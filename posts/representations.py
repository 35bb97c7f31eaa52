"""How posts look on the wire: two statements a page, plain values, no instance and no serializer for a row."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.models import Member
from accounts.profiles.representations import brief, brief_values
from libs.compiled_queries import CompiledQuery, key_only
from libs.keyset.querysets import CompiledList
from media.representations import image_representation, image_values
from posts.models import Post, PostImage


def rows_of(posts: QuerySet[Post]) -> Any:
    """What `fragments` needs of these posts; that there are variants is a yes or no, since times are dear to read."""
    return posts.values("id", "created_at", "edited_at", "text", "image_count", **brief_values("author__"))


@CompiledList
def feed(reader: int) -> Any:
    """Everything a reader may see, newest first, as `rows_of`."""
    return rows_of(Post.objects.feed_for(key_only(Member, reader)))


@CompiledList
def feed_of_one(reader: int, author: int) -> Any:
    """What a reader may see of one writer, newest first, as `rows_of`."""
    return rows_of(Post.objects.feed_for(key_only(Member, reader)).filter(author=author))


def fragments(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The posts of a page, in its order."""
    pictures = pictures_of([row["id"] for row in rows if row["image_count"]])
    return [
        {
            "id": str(row["id"]),
            "author": brief(row),
            "text": row["text"],
            "images": pictures.get(row["id"], []),
            "created_at": row["created_at"],
            "edited_at": row["edited_at"],
        }
        for row in rows
    ]


def pictures_of(post_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The pictures of these posts in their order; one statement, none when no post has any."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if post_ids:
        for row in shown_in.rows(post_ids=list(post_ids)):
            found[row["post_id"]].append(image_representation(row))
    return found


@CompiledQuery
def shown_in(post_ids: list[int]) -> Any:
    """The pictures of these posts."""
    shown = PostImage.objects.filter(post__in=post_ids).order_by("post", "position")
    return shown.values("post_id", "image_id", **image_values("image__"))
