"""The parser of the app's multipart forms."""

from collections.abc import Mapping
from typing import IO, Any, cast

from django.http.multipartparser import MultiPartParser, MultiPartParserError
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class AppFormParser(parsers.MultiPartParser):
    """A multipart parser that accepts files of any name.

    The app sends the name that the image has on the phone. Where nothing is left of it without its path, as of ".." or
    a name that ends in a slash, Django drops the file, and the post would be published without it.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the form's fields and files; raise ParseError."""
        request: Any = (parser_context or {})["request"]
        meta, body = request.META | {"CONTENT_TYPE": media_type}, cast(Any, stream)
        try:
            return parsers.DataAndFiles(*_AnyFileNameParser(meta, body, request.upload_handlers, "utf-8").parse())
        except MultiPartParserError as fault:
            raise ParseError(str(fault)) from None


class _AnyFileNameParser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str:
        """Return one name for all files: the client's is not used for anything."""
        return "image"
