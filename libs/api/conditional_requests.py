"""Conditions of a request (RFC 9110 13): what a client already has, and what it has read before it changes a thing."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from libs.api.errors import PreconditionFailed
from libs.api.renderers import JSONRenderer

# The asker alone may keep it, and asks each time whether it still holds.
OWN = "private, no-cache"


def compute_etag(content: bytes) -> str:
    """The strong entity tag of a representation: a digest of its bytes."""
    return f'"{blake2b(content, digest_size=16).hexdigest()}"'


def render_json(data: Any) -> bytes:
    """The bytes of an answer."""
    return JSONRenderer().render(data)


def etag_response(request: Request, data: Any, *, cache: str = OWN) -> HttpResponse:
    """The answer of a single read with its ETag; 304 without a body when the client has it already.

    Raises PreconditionFailed when If-Match asks for another one.
    """
    content = render_json(data)
    tag = compute_etag(content)
    _hold_to_match(request, tag)
    known = request.META.get("HTTP_IF_NONE_MATCH")
    is_known = known is not None and _names(known, tag)
    # The length is that of the full answer, as RFC 9110 8.6 wants it from a 304.
    headers = {"ETag": tag, "Cache-Control": cache, "Content-Length": str(len(content))}
    if not is_known:
        return HttpResponse(content, content_type=JSONRenderer.media_type, headers=headers)
    answer = HttpResponse(status=304, headers=headers)
    del answer.headers["Content-Type"]
    return answer


def check_preconditions(request: Request, current: Callable[[], Any]) -> None:
    """Let a change through only if its conditions hold for the thing as it is read at present.

    To be called in the transaction of the change, the thing's row locked; `current` is not asked without a condition.
    Raises PreconditionFailed.
    """
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known is None and "HTTP_IF_MATCH" not in request.META:
        return
    tag = compute_etag(render_json(current()))
    _hold_to_match(request, tag)
    if known is not None and _names(known, tag):
        raise PreconditionFailed


def _hold_to_match(request: Request, tag: str) -> None:
    """If-Match compares strongly, so a tag that somebody on the way has weakened does not count."""
    expected = request.META.get("HTTP_IF_MATCH")
    if expected is not None and parse_etags(expected) != ["*"] and tag not in parse_etags(expected):
        raise PreconditionFailed


def _names(header: str, tag: str) -> bool:
    """If-None-Match compares weakly; `*` is any."""
    return any(named == "*" or named.removeprefix("W/") == tag for named in parse_etags(header))
