"""/p/<token>: the page of a post that its author shares by a link, for people without an account."""

from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.generic import View

from libs.api.problems import TITLES, problem_headers
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_address_limit
from posts.shared_posts import HEADERS, SharedPost

# The names that OpenGraph has for the languages of the pages.
OPENGRAPH_LOCALES = {"en": "en_US", "ko": "ko_KR"}


class SharedPostPageView(View):
    """The page, or one that says that there is none: the same whether the link was deleted or never existed."""

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond with the page, or say what is wrong."""
        headers = dict(HEADERS)
        try:
            enforce_address_limit("share-address", request)
            response = super().dispatch(request, *args, **kwargs)
        except TooManyRequests as error:
            page = {"title": TITLES[error.status_code], "detail": error.detail}
            response = render(request, "503.html", page, status=error.status_code)
            headers |= problem_headers(error)
        except Http404:
            response = render(request, "404.html", status=404)
        for name, value in headers.items():
            response.headers[name] = value
        return response

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase | None:
        """Return the page, or 304 if the client has it."""
        post = SharedPost.find(token)
        response = render(request, "posts/share/page.html", page_context(post))
        etag = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
        response.headers["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response)


def page_context(post: SharedPost) -> dict[str, Any]:
    """Return what the template shows of the post."""
    oembed = urlencode({"url": post.url, "format": "json"})
    return {
        "post": post,
        # A post without images is shown in previews with its author's avatar, which is small.
        "previews": post.images or ([post.avatar] if post.avatar else []),
        "locale": OPENGRAPH_LOCALES[get_language() or settings.LANGUAGE_CODE],
        "oembed_url": f"{settings.PUBLIC_URL}/oembed?{oembed}",
        "support_email": settings.SUPPORT_EMAIL,
    }
