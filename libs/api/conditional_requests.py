"""Conditional requests (RFC 9110 13): ETag, If-None-Match and If-Match."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from libs.api.errors import PreconditionFailed
from libs.api.renderers import JSONRenderer, render_json

# Only the client itself may store it, and must ask before each use whether it still holds.
PRIVATE = "private, no-cache"


# Of a representation as JSON, the part that If-Match compares.
Part = Callable[[Any], Any]


def compute_etag(data: Any, part: Part | None = None) -> str:
    """Return the strong entity tag of a representation, a digest of its JSON.

    With a `part`, the tag begins with the digest of that part and a dot. If-Match compares only this, so that changes
    by others to the rest, such as counts, refuse no edit; If-None-Match compares all.
    """
    return _etag(render_json(data), part)


def _etag(content: bytes, part: Part | None) -> str:
    own = f"{_digest(render_json(part(orjson.loads(content))))}." if part else ""
    return f'"{own}{_digest(content)}"'


def etag_response(request: Request, data: Any, *, cache: str = PRIVATE, part: Part | None = None) -> HttpResponse:
    """Return a representation with its ETag, or 304 without a body when the client has it already.

    Raises PreconditionFailed when If-Match names another one.
    """
    content = render_json(data)
    etag = _etag(content, part)
    _check_if_match(request, etag)
    # The length is that of the full response for a 304 too (RFC 9110 8.6).
    headers = {"ETag": etag, "Cache-Control": cache, "Content-Length": str(len(content))}
    if not _is_known(request, etag):
        return HttpResponse(content, content_type=JSONRenderer.media_type, headers=headers)
    response = HttpResponse(status=304, headers=headers)
    del response.headers["Content-Type"]
    return response


def check_preconditions(request: Request, current: Callable[[], Any], part: Part | None = None) -> None:
    """Raise PreconditionFailed unless If-Match and If-None-Match hold for the current representation.

    Call it in the transaction of the change, with the row locked. `current` returns the representation; without a
    condition in the request it is not called.
    """
    if "HTTP_IF_NONE_MATCH" not in request.META and "HTTP_IF_MATCH" not in request.META:
        return
    etag = compute_etag(current(), part)
    _check_if_match(request, etag)
    if _is_known(request, etag):
        raise PreconditionFailed


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _check_if_match(request: Request, etag: str) -> None:
    """Compare strongly: an entity tag that a proxy has weakened does not match."""
    expected = request.META.get("HTTP_IF_MATCH")
    if expected is None or parse_etags(expected) == ["*"]:
        return
    if etag.partition(".")[0] not in (one.partition(".")[0] for one in parse_etags(expected)):
        raise PreconditionFailed


def _is_known(request: Request, etag: str) -> bool:
    """Compare If-None-Match weakly; `*` matches any."""
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return any(one == "*" or one.removeprefix("W/") == etag for one in known)
