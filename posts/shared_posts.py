"""What strangers get of a post that its author shares by a link: on the page /p/<token> and as oEmbed."""

from dataclasses import dataclass
from typing import Any, Self

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libs.api.fields import shorten
from media.representations import image_representation
from posts.models.post_share import is_token, share_url
from posts.representations import compiled_shared_post, post_images

# The longest description in a preview; messengers show less. Graphemes.
DESCRIPTION_MAX_GRAPHEMES = 200
# Of every response.
HEADERS = {
    # Caches ask before each use, so that the post is gone when the link is.
    "Cache-Control": "no-cache",
    # The address is the key to the page.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, noarchive, noimageindex",
}


@dataclass(frozen=True, slots=True)
class SharedPost:
    """The post behind a link: its text, its images, and of its author the nickname and the avatar."""

    url: str
    nickname: str
    avatar: dict[str, Any] | None
    text: str
    images: list[dict[str, Any]]

    @classmethod
    def find(cls, token: str) -> Self:
        """Return the post that is shared with the token. Raises Http404 for any other text, and for a hidden post."""
        rows = compiled_shared_post.rows(token=token) if is_token(token) else []
        if not rows:
            raise Http404
        (row,) = rows
        avatar = image_representation(row, "avatar_") if row["avatar_image_id"] else None
        images = [image | {"alt": image["alt"] or _("Photo without a description")} for image in post_images(row)]
        return cls(share_url(token), row["member_nickname"], avatar, row["text"], images)

    @property
    def description(self) -> str:
        """The text in one short line, or how many photos there are instead."""
        number = len(self.images)
        photos = ngettext("%(number)d photo", "%(number)d photos", number) % {"number": number}
        return shorten(self.text, DESCRIPTION_MAX_GRAPHEMES) or photos
