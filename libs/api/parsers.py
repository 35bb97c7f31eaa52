"""How bodies are read."""

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
    """A JSON object whose names are unique; two readers could understand a repeated one differently (RFC 8259 4)."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ParseError(_("A name stands twice in one JSON object."))
    return found


def reject_constant(name: str) -> NoReturn:
    """Python reads NaN and Infinity, JSON does not know them."""
    raise ParseError(_("NaN and Infinity are not JSON."))


def read_limited(stream: IO[Any]) -> bytes:
    """The bytes of a body; raises RequestDataTooBig, which Django itself does only when it reads a body by itself."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body: bytes = stream.read(most + 1)
    if len(body) > most:
        raise RequestDataTooBig
    return body


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it: UTF-8, no repeated names, no NaN, no nesting that only exhausts the reader."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body's value, or ParseError (400 `malformed`)."""
        try:
            body = read_limited(stream)
            value = json.loads(body.decode(), object_pairs_hook=unique_object, parse_constant=reject_constant)
            # Python alone takes half a character, which no answer can hold, and numbers that are infinite.
            orjson.loads(body)
            return value
        except (ValueError, RecursionError):
            raise ParseError(_("The body is not readable JSON in UTF-8.")) from None
