"""Fields that every room writes the same way."""

import unicodedata
from itertools import islice
from typing import Any

import regex
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

GRAPHEME = regex.compile(r"\X")
# Control characters, and those that turn the direction of the text around them.
FORBIDDEN = regex.compile(r"[\p{Cc}\u202A-\u202E\u2066-\u2069\uFEFF]")
FORBIDDEN_IN_MULTILINE = regex.compile(r"[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069\uFEFF]")
# Something to see: U+2800 and what Unicode calls ignorable, such as the Hangul filler, are empty on every screen.
VISIBLE = regex.compile(r"[^\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800]")
# One grapheme may be built of many code points; a post of family pictures stays below this, a bomb does not.
CODE_POINTS_IN_GRAPHEME = 10
# More marks on one letter than any language has, and what makes NFC take quadratic time (Unicode UAX 15, 13).
ENDLESS_MARKS = regex.compile(r"[^\p{ccc=0}]{31}")


def has_more_graphemes(text: str, most: int) -> bool:
    """Whether people see more letters than `most` (Unicode UAX 29); a row of flags would take minutes to count on."""
    return sum(1 for _ in islice(GRAPHEME.finditer(text), most + 1)) > most


class TextField(serializers.CharField):
    """Text in NFC, measured in graphemes, without control characters; one line unless said otherwise."""

    default_error_messages = {
        "max_graphemes": _("Write at most {max_graphemes} letters."),
        "control": _("Control characters are not allowed here."),
        "marks": _("There are too many marks on one letter."),
    }

    def __init__(self, *, max_graphemes: int, multiline: bool = False, **kwargs: Any) -> None:
        self.max_graphemes = max_graphemes
        self.forbidden = FORBIDDEN_IN_MULTILINE if multiline else FORBIDDEN
        super().__init__(max_length=max_graphemes * CODE_POINTS_IN_GRAPHEME, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The text as we keep it; what would take long to read is refused unread."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        if len(text) > self.max_graphemes * CODE_POINTS_IN_GRAPHEME:
            self.fail("max_graphemes", max_graphemes=self.max_graphemes)
        if ENDLESS_MARKS.search(text):
            self.fail("marks")
        text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
        text = text.strip() if self.trim_whitespace else text
        if not VISIBLE.search(text):
            return self._unseen()
        if self.forbidden.search(text):
            self.fail("control")
        if has_more_graphemes(text, self.max_graphemes):
            self.fail("max_graphemes", max_graphemes=self.max_graphemes)
        return text

    def _unseen(self) -> str:
        if not self.allow_blank:
            self.fail("blank")
        return ""


@extend_schema_field(OpenApiTypes.STR)
class IdField(serializers.Field):  # type: ignore[type-arg]
    """An id as text, because JavaScript's numbers end at 53 bits."""

    default_error_messages = {"invalid": _("This is not an id.")}

    def to_internal_value(self, data: Any) -> int:
        """The number behind the text."""
        if not isinstance(data, str) or (number := parse_id(data)) is None:
            self.fail("invalid")
        return number

    def to_representation(self, value: Any) -> str:
        """The text of the number."""
        return str(value)


def parse_id(text: str) -> int | None:
    """The id a text holds, or None when it holds no positive 63-bit number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    number = int(text)
    return number if 0 < number < 2**63 else None
