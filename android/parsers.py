"""Forms as the app sends them."""

from collections.abc import Mapping
from typing import IO, Any, cast

from django.http.multipartparser import MultiPartParser, MultiPartParserError
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class AppFormParser(parsers.MultiPartParser):
    """REST framework's parser of forms, to which every file is one, whatever its name.

    The app sends the name that a picture has on the phone. Where nothing is left of it without its path (as of "..", or
    of a name that ends in a stroke), Django leaves the file out, and the post would appear without its picture.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The form's texts and files; raises ParseError."""
        request: Any = (parser_context or {})["request"]
        meta, body = request.META | {"CONTENT_TYPE": media_type}, cast(Any, stream)
        try:
            return parsers.DataAndFiles(*_Nameless(meta, body, request.upload_handlers, "utf-8").parse())
        except MultiPartParserError as fault:
            raise ParseError(str(fault)) from None


class _Nameless(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str:
        """One name for all: no name of a client's is used for anything here."""
        return "picture"
