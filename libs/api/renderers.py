"""How answers are written."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS


def json_default(value: Any) -> Any:
    """What orjson does not know by itself: lazy text, decimals, sets, and DRF's dressed-up lists and mappings."""
    if isinstance(value, Promise | Decimal):
        return str(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


class JSONRenderer(BaseRenderer):
    """JSON by orjson, ten times faster than DRF's own; times are RFC 3339 with Z."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """The bytes of an answer; nothing for an answer without a body."""
        return b"" if data is None else orjson.dumps(data, default=json_default, option=JSON_OPTIONS)


class JSONOnlyNegotiation(BaseContentNegotiation):
    """The parser that fits, the one renderer: who asks for something else gets JSON (RFC 9110 12.4.1)."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The first parser that reads the body's type, or None, which becomes 415."""
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The view's first renderer, whatever the client accepts."""
        return renderers[0], renderers[0].media_type
