"""The one thing we want of EXIF: how the camera was held."""

import struct

ORIENTATION = 0x0112
# Cameras write some thirty entries. Reading more than ours is what makes an EXIF bomb: thousands of entries that all
# point at the same bytes.
MAX_ENTRIES = 512
ENTRY_BYTES = 12


def read_orientation(exif: bytes) -> int:
    """The orientation, 1 to 8 (EXIF 3.0, 4.6.5.1.6); 1, which is upright, when there is none that makes sense."""
    tiff = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        value = _find(tiff, order)
    except struct.error:
        return 1
    return value if 1 <= value <= 8 else 1


def _find(tiff: bytes, order: str) -> int:
    (at,) = struct.unpack_from(f"{order}4xI", tiff)
    (entries,) = struct.unpack_from(f"{order}H", tiff, at)
    for number in range(min(entries, MAX_ENTRIES)):
        tag, value = struct.unpack_from(f"{order}H6xH", tiff, at + 2 + number * ENTRY_BYTES)
        if tag == ORIENTATION:
            return int(value)
    return 1
