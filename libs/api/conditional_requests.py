"""Conditional requests (RFC 9110 13): ETag, If-None-Match and If-Match."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from libs.api.errors import PreconditionFailed
from libs.api.renderers import JSONRenderer, render_json

# Only the client itself may store it, and must ask before each use whether it still holds.
PRIVATE = "private, no-cache"


def compute_etag(data: Any) -> str:
    """Return the strong entity tag of a representation, a digest of its JSON."""
    return _digest(render_json(data))


def etag_response(request: Request, data: Any, *, cache: str = PRIVATE) -> HttpResponse:
    """Return a representation with its ETag, or 304 without a body when the client has it already.

    Raises PreconditionFailed when If-Match names another one.
    """
    content = render_json(data)
    etag = _digest(content)
    _check_if_match(request, etag)
    # The length is that of the full response for a 304 too (RFC 9110 8.6).
    headers = {"ETag": etag, "Cache-Control": cache, "Content-Length": str(len(content))}
    if not _is_known(request, etag):
        return HttpResponse(content, content_type=JSONRenderer.media_type, headers=headers)
    response = HttpResponse(status=304, headers=headers)
    del response.headers["Content-Type"]
    return response


def check_preconditions(request: Request, current: Callable[[], Any]) -> None:
    """Raise PreconditionFailed unless If-Match and If-None-Match hold for the current representation.

    Call it in the transaction of the change, with the row locked. `current` returns the representation; without a
    condition in the request it is not called.
    """
    if "HTTP_IF_NONE_MATCH" not in request.META and "HTTP_IF_MATCH" not in request.META:
        return
    etag = compute_etag(current())
    _check_if_match(request, etag)
    if _is_known(request, etag):
        raise PreconditionFailed


def _digest(content: bytes) -> str:
    return f'"{blake2b(content, digest_size=16).hexdigest()}"'


def _check_if_match(request: Request, etag: str) -> None:
    """Compare strongly: an entity tag that a proxy has weakened does not match."""
    expected = request.META.get("HTTP_IF_MATCH")
    if expected is not None and parse_etags(expected) != ["*"] and etag not in parse_etags(expected):
        raise PreconditionFailed


def _is_known(request: Request, etag: str) -> bool:
    """Compare If-None-Match weakly; `*` matches any."""
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return any(one == "*" or one.removeprefix("W/") == etag for one in known)
