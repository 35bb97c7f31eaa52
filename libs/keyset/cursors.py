"""Cursors: a place in a list, written so that clients can carry it but neither read meaning into it nor forge it."""

import base64
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from libs.keyset.errors import InvalidCursor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# One byte of flags, microseconds since 1970, the id: 17 bytes.
_FORMAT = struct.Struct(">Bqq")
_SEAL_BYTES = 16
# 33 bytes in base64, which come out even.
_LETTERS = 44
_BACK, _INCLUSIVE = 1, 2


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of one row, and which way from there the page lies.

    `back` is against the list's order. `inclusive` pages begin with the row itself, if it is still there.
    """

    timestamp: datetime
    id: int
    back: bool = False
    inclusive: bool = False

    def opposite(self) -> "Cursor":
        """All that this cursor leaves out: the other way, and the row itself if this one skips it."""
        return Cursor(self.timestamp, self.id, back=not self.back, inclusive=not self.inclusive)

    def encode(self, bound_to: str) -> str:
        """The cursor as text of 44 url-safe letters, good for the list called `bound_to` only."""
        flags = self.back * _BACK | self.inclusive * _INCLUSIVE
        body = _FORMAT.pack(flags, (self.timestamp - _EPOCH) // _MICROSECOND, self.id)
        return base64.urlsafe_b64encode(body + _seal(body, bound_to, settings.SECRET_KEY)).decode()

    @classmethod
    def decode(cls, text: str, bound_to: str) -> "Cursor":
        """The cursor of a text that `written` made for the same list, under the present key or an older one.

        Raises InvalidCursor for everything else.
        """
        try:
            sealed = base64.b64decode(text, altchars=b"-_", validate=True)
        except ValueError as fault:
            raise InvalidCursor from fault
        body, seal = sealed[: _FORMAT.size], sealed[_FORMAT.size :]
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        # The decoder overlooks padding too many.
        if len(text) != _LETTERS or not any(constant_time_compare(seal, _seal(body, bound_to, key)) for key in keys):
            raise InvalidCursor
        flags, microseconds, id_ = _FORMAT.unpack(body)
        timestamp = _EPOCH + microseconds * _MICROSECOND
        return cls(timestamp, id_, back=bool(flags & _BACK), inclusive=bool(flags & _INCLUSIVE))


def _seal(body: bytes, bound_to: str, key: str | bytes) -> bytes:
    # The body's length is fixed, so no other body and list run together to the same bytes.
    return salted_hmac("keyset.cursor", body + bound_to.encode(), key, algorithm="sha256").digest()[:_SEAL_BYTES]
