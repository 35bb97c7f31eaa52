"""Parse request bodies strictly."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


def unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a JSON object; raise ParseError for a repeated name, which readers understand differently (RFC 8259 4)."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ParseError(_("A JSON object in the request has the same name twice."))
    return values


def reject_constant(name: str) -> NoReturn:
    """Raise ParseError for NaN and Infinity, which Python reads although JSON does not have them."""
    raise ParseError(_("NaN and Infinity are not valid JSON."))


def read_limited(stream: IO[Any]) -> bytes:
    """Read a body; raise RequestDataTooBig, which Django does only where it reads the body by itself."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise RequestDataTooBig
    return body


class StrictJSONParser(BaseParser):
    """Parses JSON as RFC 8259 has it: UTF-8, no repeated names, no NaN, no nesting that exhausts the parser."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value of the body; raise ParseError."""
        try:
            body = read_limited(stream)
            value = json.loads(body.decode(), object_pairs_hook=unique_object, parse_constant=reject_constant)
            # It refuses what Python reads: half a surrogate pair, which no response can hold, and infinite numbers.
            orjson.loads(body)
            return value
        except (ValueError, RecursionError):
            raise ParseError(_("The request's body is not valid JSON in UTF-8.")) from None
