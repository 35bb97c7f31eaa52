"""Serializer fields: text measured as people read it, times, booleans, and ids."""

import re
import unicodedata
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import regex
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

GRAPHEME = regex.compile(r"\X")
# Phones and computers put these around names and numbers that people copy. Nobody sees them, but they change the
# direction of the text around them: embeddings, overrides and isolates (Unicode UAX 9), and the byte order mark.
INVISIBLE_MARKS = regex.compile(r"[\u202A-\u202E\u2066-\u2069\uFEFF]")
# Also those that change nothing but themselves, which people who write from right to left need in a longer text.
INVISIBLE_MARKS_OF_NAMES = regex.compile(r"[\p{Bidi_Control}\uFEFF]")
# All that Unicode counts as the end of a line (5.8); word processors and iOS paste the rarer ones.
LINE_BREAK = regex.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
CONTROL_CHARACTER = regex.compile(r"[^\P{Cc}\n\t]")
CONTROL_CHARACTER_OR_LINE_BREAK = regex.compile(r"[\p{Cc}\u2028\u2029]")
# U+2800 and what Unicode calls ignorable, such as the Hangul filler, are blank on every screen.
VISIBLE = regex.compile(r"[^\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800]")
# One grapheme may consist of many code points. A post of family emoji stays below this on average, an attack does not.
CODE_POINTS_IN_GRAPHEME = 10
# More combining marks on one letter than any language has; they make NFC take quadratic time (Unicode UAX 15, 13).
# Joiners between them do not end the letter.
TOO_MANY_MARKS = regex.compile(r"[\p{M}\u200C\u200D]{31}")
# RFC 3339, 5.6; case does not count.
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", flags=re.ASCII | re.IGNORECASE)


def has_more_graphemes(text: str, limit: int) -> bool:
    """Return whether people see more characters than `limit` (Unicode UAX 29).

    Counting ends there: a long row of flags would take minutes. A grapheme has at least one code point.
    """
    return len(text) > limit and sum(1 for _ in islice(GRAPHEME.finditer(text), limit + 1)) > limit


def shorten(text: str, limit: int) -> str:
    """Return the text in one line, with an ellipsis as the last character if people see more than `limit`."""
    line = " ".join(text.split())
    if not has_more_graphemes(line, limit):
        return line
    graphemes = (found[0] for found in GRAPHEME.finditer(line))
    return "".join(islice(graphemes, limit - 1)).rstrip() + "…"


class TextField(serializers.CharField):
    """Text in NFC, measured in graphemes, without control characters; one line unless `multiline`.

    This is the rule for all texts of members, whichever API they come through. `max_code_points` is for a limit that is
    not measured in graphemes.
    """

    default_error_messages = {
        "max_graphemes": _("Use at most {max_graphemes} characters."),
        "control": _("Control characters are not allowed here."),
        "marks": _("There are too many marks on one character."),
    }

    def __init__(
        self, *, max_graphemes: int, max_code_points: int | None = None, multiline: bool = False, **kwargs: Any
    ) -> None:
        self.max_graphemes = max_graphemes
        self.max_code_points = max_code_points or max_graphemes * CODE_POINTS_IN_GRAPHEME
        self.multiline = multiline
        super().__init__(max_length=self.max_code_points, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the normalised text; what would take long to process is refused first."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        if len(text) > self.max_code_points:
            self.fail("max_graphemes", max_graphemes=self.max_graphemes)
        # First, since what is left may join up: marks to too many, letters in NFC.
        text = (INVISIBLE_MARKS if self.multiline else INVISIBLE_MARKS_OF_NAMES).sub("", text)
        if TOO_MANY_MARKS.search(text):
            self.fail("marks")
        text = unicodedata.normalize("NFC", text)
        if self.multiline:
            text = LINE_BREAK.sub("\n", text)
        text = text.strip() if self.trim_whitespace else text
        if not VISIBLE.search(text):
            return self._blank()
        if (CONTROL_CHARACTER if self.multiline else CONTROL_CHARACTER_OR_LINE_BREAK).search(text):
            self.fail("control")
        if has_more_graphemes(text, self.max_graphemes):
            self.fail("max_graphemes", max_graphemes=self.max_graphemes)
        return text

    def _blank(self) -> str:
        if not self.allow_blank:
            self.fail("blank")
        return ""


@extend_schema_field(OpenApiTypes.STR)
class IdField(serializers.Field):  # type: ignore[type-arg]
    """An id as text, because numbers in JavaScript have 53 bits."""

    default_error_messages = {"invalid": _("This is not a valid id.")}

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if not isinstance(data, str) or (number := parse_id(data)) is None:
            self.fail("invalid")
        return number

    def to_representation(self, value: Any) -> str:
        """Return the number as text."""
        return str(value)


def parse_id(text: str) -> int | None:
    """Return the positive 63-bit number that the text holds, or None."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    number = int(text)
    return number if 0 < number < 2**63 else None


class StrictBooleanField(serializers.BooleanField):
    """A boolean of JSON; Django REST framework also takes texts such as "no", and numbers."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the boolean; refuse everything else."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class TimeField(serializers.DateTimeField):
    """A time as RFC 3339 defines it, with an offset, converted to UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return the time; refuse others, and those that UTC's calendar does not reach."""
        try:
            return parse_time(value)
        except (TypeError, ValueError, OverflowError):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss.ffffffZ")


def parse_time(text: str) -> datetime:
    """Return the time in UTC; raise ValueError or OverflowError. A leap second, which Python lacks, is no time."""
    # Python takes more: a date alone, weeks, a time without an offset, digits of any script.
    if not RFC_3339.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper()).astimezone(UTC)
