"""Cursors: the position of a row in a list, as signed, opaque text."""

import base64
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from libs.keyset.errors import InvalidCursor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# One byte of flags, microseconds since 1970, the id: 17 bytes.
_FORMAT = struct.Struct(">Bqq")
_SIGNATURE_BYTES = 16
# 33 bytes in base64, without padding.
_TEXT_LENGTH = 44
_BACK, _INCLUSIVE = 1, 2


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position of a row, and in which direction the page lies from there.

    `back` is against the order of the list. An `inclusive` page begins with the row itself, if it still exists.
    """

    timestamp: datetime
    id: int
    back: bool = False
    inclusive: bool = False

    def opposite(self) -> "Cursor":
        """Return the cursor of all rows that this one leaves out: the other direction, with or without the row."""
        return Cursor(self.timestamp, self.id, back=not self.back, inclusive=not self.inclusive)

    def encode(self, bound_to: str) -> str:
        """Return 44 URL-safe characters, valid for the list named `bound_to` only."""
        return _encode(self, bound_to, settings.SECRET_KEY)

    @classmethod
    def decode(cls, text: str, bound_to: str) -> "Cursor":
        """Return the cursor that `encode` wrote for the same list, under the present secret key or a fallback.

        Raises InvalidCursor for any other text.
        """
        try:
            signed = base64.b64decode(text, altchars=b"-_", validate=True)
        except ValueError as error:
            raise InvalidCursor from error
        body, signature = signed[: _FORMAT.size], signed[_FORMAT.size :]
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        is_signed = any(constant_time_compare(signature, _sign(body, bound_to, key)) for key in keys)
        # The decoder ignores excess padding, so the length is checked too.
        if len(text) != _TEXT_LENGTH or not is_signed:
            raise InvalidCursor
        flags, microseconds, id_ = _FORMAT.unpack(body)
        timestamp = _EPOCH + microseconds * _MICROSECOND
        return cls(timestamp, id_, back=bool(flags & _BACK), inclusive=bool(flags & _INCLUSIVE))


# Many readers get the same page of the newest posts.
@lru_cache(maxsize=1_000)
def _encode(cursor: Cursor, bound_to: str, key: str) -> str:
    flags = cursor.back * _BACK | cursor.inclusive * _INCLUSIVE
    body = _FORMAT.pack(flags, (cursor.timestamp - _EPOCH) // _MICROSECOND, cursor.id)
    return base64.urlsafe_b64encode(body + _sign(body, bound_to, key)).decode()


def _sign(body: bytes, bound_to: str, key: str | bytes) -> bytes:
    # The body's length is fixed, so no other body and list give the same bytes.
    return salted_hmac("keyset.cursor", body + bound_to.encode(), key, algorithm="sha256").digest()[:_SIGNATURE_BYTES]
