"""Posts as the API shows them: one statement a page, made of plain values without model instances or serializers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Member
from accounts.profiles.representations import is_muted_by, member_summary, member_values, relation_values
from libs.compiled_queries import CompiledQuery, key_only
from libs.json_rows import JSONRows, parse_values
from libs.keyset.querysets import CompiledList
from media.representations import image_of_values, image_values
from posts.models import Heart, Post, PostImage, PostMention, SavedPost
from posts.models.mention import mention_rows
from posts.models.post import TAG_ORDER
from posts.reader_marks import MAX_MARKS


def post_values(posts: QuerySet[Post], viewer: Member) -> Any:
    """The columns of posts that `post_representations` needs for this viewer."""
    shared = _shared_values(posts, PostMention.objects.visible_to(viewer))
    return shared.annotate(**viewer_values(viewer), is_author_muted=is_muted_by(viewer, "author__"))


def feed_values(posts: Any, viewer: Member) -> Any:
    """The columns of those of these posts whose authors the viewer does not mute."""
    shared = _shared_values(posts.not_muted_by(viewer), PostMention.objects.visible_to(viewer))
    return shared.annotate(**viewer_values(viewer), is_author_muted=Value(False))


def viewer_values(viewer: Member) -> dict[str, Any]:
    """What the viewer has to do with a post and its author.

    Hearts are looked up by id, post by post: PostgreSQL may answer EXISTS by reading all hearts of the viewer.
    """
    marks = {
        name: Subquery(model._default_manager.filter(post=OuterRef("pk"), owner=viewer.pk).values("pk")[:1])
        for name, model in {"heart_id": Heart, "saved_id": SavedPost}.items()
    }
    return relation_values(viewer, "author__") | marks


def public_post_values(posts: QuerySet[Post]) -> Any:
    """The columns that are the same for all viewers, with mentions of all active members."""
    return _shared_values(posts, PostMention.objects.of_active())


def _shared_values(posts: QuerySet[Post], mentions: QuerySet[Any]) -> Any:
    columns = ("id", "created_at", "edited_at", "text", "comments_closed")
    counts = {f"{name}_count": Coalesce(f"counts__{name}", 0) for name in ("hearts", "comments")}
    rows = {"image_rows": image_rows(), "mention_rows": mention_rows(mentions)}
    return posts.values(*columns, **rows, **counts, **member_values("author__"))


def image_rows() -> Case:
    """The images of each post for `post_images`, null if there are none."""
    images = PostImage.objects.filter(post=OuterRef("pk")).order_by().values("post")
    rows = images.annotate(rows=JSONRows("position", "image_id", *image_values("image__").values())).values("rows")
    return Case(When(image_count__gt=0, then=Subquery(rows)))


def post_images(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The images of a post, in their order, from a row with `image_rows`."""
    return [image_of_values(*values) for _position, *values in parse_values(row["image_rows"])]


def mention_list(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The members whom a post or comment mentions, in their order, from a row with `mention_rows`."""
    mentions = parse_values(row["mention_rows"])
    return [{"id": str(member_id), "nickname": nickname} for _position, member_id, nickname in mentions]


@CompiledList
def compiled_feed(viewer: int) -> Any:
    """What the member with this id may see of those whom they do not mute, newest first."""
    member = key_only(Member, viewer)
    return feed_values(Post.objects.feed_for(member), member)


@CompiledList
def compiled_followed_feed(viewer: int, page: Callable[[Any], Any]) -> Any:
    """What the viewer may see of those whom they follow and do not mute, newest first."""
    member = key_only(Member, viewer)
    return feed_values(Post.objects.feed_for(member).followed_on_page(member, page), member)


@CompiledList
def compiled_author_feed(viewer: int, author: int) -> Any:
    """What the viewer may see of one author, newest first."""
    member = key_only(Member, viewer)
    return post_values(Post.objects.feed_for(member).filter(author=author), member)


def _tag_feed(viewer: int, key: str) -> Any:
    member = key_only(Member, viewer)
    return feed_values(Post.objects.feed_for(member).tagged(key), member)


# What the viewer may see of the posts with the tag of this key of those whom they do not mute, newest first.
compiled_tag_feed = CompiledList(_tag_feed, sorted_by=TAG_ORDER)


@CompiledQuery
def compiled_post(viewer: int, post: int) -> Any:
    """One post, if the viewer may see it."""
    member = key_only(Member, viewer)
    return post_values(Post.objects.visible_to(member).filter(pk=post), member)


def _newest_marks(model: type[Heart | SavedPost], member: int) -> Subquery:
    marks: Any = model._default_manager
    newest = marks.filter(owner=member).order_by("-created_at", "-id").values("pk")[:MAX_MARKS]
    rows = marks.filter(pk__in=newest).order_by().values("owner")
    return Subquery(rows.annotate(rows=JSONRows("post_id", "created_at")).values("rows"))


@CompiledQuery
def compiled_marks(member: int) -> Any:
    """The newest hearts and saved posts of a member, for `posts.reader_marks`."""
    return Member.objects.filter(pk=member).values(
        hearts=_newest_marks(Heart, member), saved=_newest_marks(SavedPost, member)
    )


@CompiledQuery
def compiled_public_posts(posts: list[int]) -> Any:
    """Those of these posts that are not hidden from everybody."""
    return public_post_values(Post.objects.not_hidden().filter(pk__in=posts))


@CompiledQuery
def compiled_shared_post(token: str) -> Any:
    """The post that its author shared with this token, if it is not hidden from everybody."""
    return public_post_values(Post.objects.not_hidden().filter(share__token=token))


def _newest_posts(count: int) -> Any:
    return public_post_values(Post.objects.not_hidden().newest_first())[:count]


# The newest `count` posts that are not hidden from everybody. The setting is only the example to compile at the start.
compiled_newest_posts = CompiledQuery(_newest_posts, [((max(settings.FEED_CACHE_POSTS, 1),), {})])


def editable_part(post: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a post that its author can change, of its representation as JSON; others change the rest."""
    own = {name: post[name] for name in ("id", "text", "images", "edited_at", "comments_closed")}
    # Nicknames are changed by others.
    return own | {"mentions": [mention["id"] for mention in post["mentions"]]}


def post_representations(rows: Sequence[dict[str, Any]], viewer: int | None) -> list[dict[str, Any]]:
    """The posts of one page as the member with this id sees them; posts.serializers.PostSerializer documents them."""
    return [
        {
            "id": str(row["id"]),
            "author": member_summary(row),
            "text": row["text"],
            "mentions": mention_list(row),
            "images": post_images(row),
            "created_at": row["created_at"],
            "edited_at": row["edited_at"],
            "comments_closed": row["comments_closed"],
            "counts": {"hearts": row["hearts_count"], "comments": row["comments_count"]},
            "viewer": {
                "is_author": row["member_id"] == viewer,
                "hearted": row["heart_id"] is not None,
                "saved": row["saved_id"] is not None,
                "muted_author": row["is_author_muted"],
            },
        }
        for row in rows
    ]
