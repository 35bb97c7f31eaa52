"""Images as the pages of moderators show them: blurred until somebody asks to see one."""

from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from libs.json_rows import JSONRows, parse_rows
from media.image_urls import image_urls
from moderation.models import ReportedImage
from posts.models import PostImage


class ShownImage(NamedTuple):
    """An image in a template."""

    src: str
    full: str
    alt: str


def stored_image(image_id: int, key: str, alt: str, *, has_variants: bool, is_withheld: bool) -> ShownImage:
    """Return an image of a member; the file of a withheld one is not public."""
    if is_withheld:
        url = reverse("admin:media_image_file", args=[image_id])
        return ShownImage(url, url, alt)
    urls = image_urls(key, has_variants)
    return ShownImage(urls["feed"], urls["full"], alt)


def post_image_rows(post: str = "pk") -> Subquery:
    """The images of each post, in one column, for `shown_post_images`; `post` is the path to the post's id."""
    columns = ("position", "image_id", "image__key", "image__alt", "image__variants_at", "image__withheld_at")
    images = PostImage.objects.filter(post=OuterRef(post)).order_by().values("post")
    return Subquery(images.annotate(rows=JSONRows(*columns)).values("rows"))


def shown_post_images(text: str | None) -> list[ShownImage]:
    """Return the images of a post, in their order, from a column of `post_image_rows`."""
    rows = parse_rows(text, ("position", "image_id", "key", "alt", "variants_at", "withheld_at"))
    return [
        stored_image(
            row["image_id"],
            row["key"],
            row["alt"],
            has_variants=row["variants_at"] is not None,
            is_withheld=row["withheld_at"] is not None,
        )
        for row in rows
    ]


def reported_image_rows() -> Subquery:
    """The images of each report, in one column, for `reported_images`."""
    images = ReportedImage.objects.filter(report=OuterRef("pk"), discarded_at=None).order_by().values("report")
    return Subquery(images.annotate(rows=JSONRows("position", "pk", "alt")).values("rows"))


def reported_images(text: str | None) -> list[ShownImage]:
    """Return the images as they were reported, from a column of `reported_image_rows`."""
    rows = parse_rows(text, ("position", "id", "alt"))
    urls = [(reverse("admin:moderation_reported_image", args=[row["id"]]), row["alt"]) for row in rows]
    return [ShownImage(url, url, alt) for url, alt in urls]


def avatar_of(member: Any) -> ShownImage | None:
    """Return the avatar of a member who was selected with `avatar__image`."""
    avatar = getattr(member, "avatar", None)
    if avatar is None:
        return None
    image = avatar.image
    urls = image_urls(image.key, image.variants_at is not None)
    return ShownImage(urls["thumb"], urls["full"], image.alt)
