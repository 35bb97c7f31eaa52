"""/oembed: what other sites show in place of a link to a shared post (oEmbed 1.0, oembed.com)."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from libs.throttling.throttles import rate_limit
from posts.errors import FormatNotSupported
from posts.models.post_share import share_url
from posts.shared_posts import HEADERS, SharedPost

# Sides of the smaller variants of an image. Pixels.
THUMB_SIDE, FEED_SIDE = 320, 1080
# How long other sites may show it without asking again. Seconds.
CACHE_AGE = 60


class OEmbedQuerySerializer(serializers.Serializer[Any]):
    """The parameters of oEmbed; consumers send others of their own, which are ignored."""

    url = serializers.CharField()
    maxwidth = serializers.IntegerField(min_value=1, max_value=100_000, default=100_000)
    maxheight = serializers.IntegerField(min_value=1, max_value=100_000, default=100_000)


@extend_schema(exclude=True)
class OEmbedView(APIView):
    """An embed of a shared post: its first image as `photo`, or a `link` if it has none."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (rate_limit("share-address"),)

    def get(self, request: Request) -> Response:
        """Return the embed. Raises Http404 for a URL that is not that of a shared post."""
        if request.query_params.get("format", "json") != "json":
            raise FormatNotSupported
        query = OEmbedQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        post = SharedPost.find(token_of(query.validated_data["url"]))
        size = query.validated_data["maxwidth"], query.validated_data["maxheight"]
        return Response(embed(post, *size), headers=HEADERS)


def token_of(url: str) -> str:
    """Return the token in the URL of a page, whatever query a site has added. Raises Http404 for another URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Http404 from None
    start, address = share_url(""), f"{parts.scheme}://{parts.netloc}{parts.path}"
    if not address.startswith(start):
        raise Http404
    return address.removeprefix(start)


def embed(post: SharedPost, max_width: int, max_height: int) -> dict[str, Any]:
    """Return the embed of a post, with an image of at most this size in pixels."""
    common = {
        "version": "1.0",
        "title": post.description,
        "author_name": post.nickname,
        "provider_name": "Heart to Heart",
        "provider_url": settings.PUBLIC_URL,
        "cache_age": CACHE_AGE,
    }
    if post.images:
        return {"type": "photo"} | common | fitting_image(post.images[0], max_width, max_height)
    if post.avatar:
        thumbnail = fitting_image(post.avatar, min(THUMB_SIDE, max_width), min(THUMB_SIDE, max_height))
        common |= {f"thumbnail_{name}": value for name, value in thumbnail.items()}
    return {"type": "link"} | common


def fitting_image(image: dict[str, Any], max_width: int, max_height: int) -> dict[str, Any]:
    """Return the size at which the image fits, and the URL of the smallest variant that is as large."""
    width, height = image["width"], image["height"]
    scale = min(1, max_width / width, max_height / height)
    size = {"width": max(1, int(width * scale)), "height": max(1, int(height * scale))}
    side = max(size.values())
    variant = "thumb" if side <= THUMB_SIDE else "feed" if side <= FEED_SIDE else "full"
    return {"url": image["urls"][variant]} | size
