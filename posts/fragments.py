"""How posts look on the wire: two statements a page, plain values, no instance and no serializer for a row."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from accounts.fragments import brief, brief_columns
from accounts.models import Member
from keyset.lists import PreparedList
from media.addresses import picture
from posts.models import Post, PostImage
from prepared.statements import Prepared

AUTHOR = brief_columns("author__")
COLUMNS = ("id", "created_at", "text", "image_count", *AUTHOR)
PICTURE = {name: f"image__{name}" for name in ("id", "key", "width", "height", "blurhash", "alt")}


@PreparedList
def feed(reader: int) -> Any:
    """Everything a reader may see, newest first, as rows of COLUMNS."""
    return Post.objects.feed_for(Member(pk=reader)).values(*COLUMNS)


@PreparedList
def feed_of_one(reader: int, author: int) -> Any:
    """What a reader may see of one writer, newest first, as rows of COLUMNS."""
    return Post.objects.feed_for(Member(pk=reader)).filter(author=author).values(*COLUMNS)


def fragments(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The posts of a page, in its order, for rows of COLUMNS."""
    pictures = pictures_of([row["id"] for row in rows if row["image_count"]])
    return [
        {
            "id": str(row["id"]),
            "author": brief(*(row[column] for column in AUTHOR)),
            "text": row["text"],
            "images": pictures.get(row["id"], []),
            "created_at": row["created_at"],
        }
        for row in rows
    ]


def pictures_of(post_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The pictures of these posts in their order; one statement, none when no post has any."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if post_ids:
        for row in shown_in.rows(len(post_ids), **{f"post{place}": post_id for place, post_id in enumerate(post_ids)}):
            shape = {name: row[column] for name, column in PICTURE.items()}
            found[row["post_id"]].append(picture(**shape, has_variants=row["image__variants_at"] is not None))
    return found


@Prepared
def shown_in(number: int, **post_ids: int) -> Any:
    """The pictures of so many posts."""
    shown = PostImage.objects.filter(post__in=list(post_ids.values())).order_by("post", "position")
    return shown.values("post_id", "image__variants_at", *PICTURE.values())
