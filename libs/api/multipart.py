"""Parse multipart forms (RFC 7578) strictly: every part is read completely, or the form is refused."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, takewhile
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import StopFutureHandlers
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from multipart import MultipartError, MultipartSegment, PushMultipartParser
from rest_framework import parsers
from rest_framework.exceptions import ParseError

# A file name of 255 bytes is written twice by some clients, percent-encoded and in Base64. Bytes a line, and lines.
MAX_HEADER_BYTES, MAX_HEADERS = 8_192, 16
# Whatever the name is, even one that cannot be read or is in pieces (RFC 2231, 3): it is not used for anything.
FILE_NAME_PARAMETER = re.compile(r";\s*filename[*\d]*\s*=", re.IGNORECASE)
TRANSFER_ENCODINGS = {"", "7bit", "8bit", "binary"}
# The hidden field in which a browser names the charset of the form's texts (RFC 7578 4.6).
CHARSET_FIELD = "_charset_"
# Codecs by declared charset, as browsers understand the names (WHATWG Encoding Standard 4.2).
CODECS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "windows-949": "cp949", "cp949": "cp949",
    "shift_jis": "cp932", "windows-31j": "cp932", "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252", "iso-8859-15": "iso8859_15",
}  # fmt: skip

Content = Iterator[bytes]


class StrictMultiPartParser(parsers.MultiPartParser):
    """Parses a multipart form with files of any name and texts in their declared charset, UTF-8 by default."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the form's fields and files; raise ParseError."""
        request: Any = (parser_context or {})["request"]
        meta, body = request.META | {"CONTENT_TYPE": media_type}, cast(Any, stream)
        try:
            form = _StrictFormParser(meta, body, request.upload_handlers, request.encoding)
            return parsers.DataAndFiles(*form.parse())
        except (MultiPartParserError, MultipartError):
            raise ParseError(_("The multipart form is incomplete or damaged, or its boundary is wrong.")) from None


class _StrictFormParser(MultiPartParser):
    """Django's parser, but for the loop over the parts, which drops those that it does not understand.

    Upload handlers are called as by Django, but they cannot leave out a file: they refuse the form by raising.
    """

    # Django's attributes.
    _meta: dict[str, Any]
    _input_data: Any
    _boundary: bytes
    _encoding: str
    _chunk_size: int
    _content_length: int
    _upload_handlers: list[Any]
    _close_files: Any

    def parse(self) -> Any:
        """Return the form's fields and files; close the file that a refused form leaves half written."""
        try:
            return super().parse()
        except Exception:
            self._close_files()
            raise

    def _parse(self) -> tuple[QueryDict, "MultiValueDict[str, Any]"]:
        self._post, self._files = QueryDict(mutable=True), MultiValueDict[str, Any]()
        self._texts: list[tuple[str, str | None, bytes]] = []
        self._file_count = self._text_bytes = 0
        for handler in self._upload_handlers:
            handler.handle_raw_input(self._input_data, self._meta, self._content_length, self._boundary, self._encoding)
        self._read_parts()
        self._decode_texts()
        any(handler.upload_complete() for handler in self._upload_handlers)
        return self._post, self._files

    def _read_parts(self) -> None:
        """Read to the closing boundary; raise MultipartError when it is missing."""
        # Latin-1 reads any byte.
        parser = PushMultipartParser(
            self._boundary, max_header_size=MAX_HEADER_BYTES, max_header_count=MAX_HEADERS, header_charset="latin-1"
        )
        # The head of a part, its content in pieces, None; then the head of the next part.
        events = parser.parse_blocking(self._input_data.read, self._chunk_size)
        for head in events:
            content = takewhile(lambda piece: piece is not None, events)
            self._add_part(cast(MultipartSegment, head), cast(Content, content))

    def _add_part(self, part: MultipartSegment, content: Content) -> None:
        if (part.header("Content-Transfer-Encoding") or "").strip().lower() not in TRANSFER_ENCODINGS:
            raise ParseError(_("A part of the multipart form has a transfer encoding."))
        name = _decode((part.name or "").strip().encode("latin-1"), "utf-8")
        if not name:
            raise ParseError(_("A part of the multipart form has no name."))
        if FILE_NAME_PARAMETER.search(part["Content-Disposition"]):
            self._add_file(name, part, content)
        else:
            self._add_text(name, part.charset, content)

    def _add_text(self, name: str, charset: str | None, content: Content) -> None:
        if len(self._texts) >= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            raise TooManyFieldsSent
        pieces = []
        self._count_text_bytes(len(name) + 2)
        for piece in content:
            self._count_text_bytes(len(piece))
            pieces.append(piece)
        self._texts.append((name, charset, b"".join(pieces)))

    def _count_text_bytes(self, number: int) -> None:
        self._text_bytes += number
        if self._text_bytes > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig

    def _decode_texts(self) -> None:
        """Decode the texts at the end, since the field that names their charset may come last."""
        named = next((text for name, _, text in self._texts if name == CHARSET_FIELD), b"")
        default = named.decode("latin-1") or str(self._encoding)
        for name, charset, text in self._texts:
            if name != CHARSET_FIELD:
                self._post.appendlist(name, _decode(text, charset or default))

    def _add_file(self, name: str, part: MultipartSegment, content: Content) -> None:
        self._file_count += 1
        if self._file_count > settings.DATA_UPLOAD_MAX_NUMBER_FILES:
            raise TooManyFilesSent
        first = next(content, b"")
        if not first and part.filename == "":
            # What a browser sends for a file field in which nothing was chosen (HTML, 4.10.22.4).
            return
        self._start_file(name, part)
        counters = [0] * len(self._upload_handlers)
        for chunk in chain([first], content):
            self._write_chunk(chunk, counters)
        self.handle_file_complete(name, counters)

    def _start_file(self, name: str, part: MultipartSegment) -> None:
        for handler in self._upload_handlers:
            try:
                handler.new_file(name, "upload", part.content_type or "", None, part.charset, {})
            except StopFutureHandlers:
                return

    def _write_chunk(self, chunk: bytes | None, counters: list[int]) -> None:
        """Pass a chunk through the handlers, until one of them keeps it."""
        for number, handler in enumerate(self._upload_handlers):
            if not chunk:
                return
            length = len(chunk)
            chunk = handler.receive_data_chunk(chunk, counters[number])
            counters[number] += length


def _decode(text: bytes, charset: str) -> str:
    codec = CODECS.get(charset.lower())
    if codec is None:
        raise ParseError(_("A text of the multipart form declares an unknown charset."))
    try:
        return text.decode(codec)
    except UnicodeDecodeError:
        raise ParseError(_("A text of the multipart form is not valid in its charset.")) from None
