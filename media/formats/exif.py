"""EXIF: the orientation is the only entry read."""

import struct

ORIENTATION = 0x0112
# Cameras write about thirty entries. A hostile file has thousands that all point at the same bytes.
MAX_ENTRIES = 512
ENTRY_BYTES = 12


def read_orientation(exif: bytes) -> int:
    """The orientation, 1 to 8 (EXIF 3.0, 4.6.5.1.6); 1, which is upright, if it is missing or invalid."""
    tiff = exif.removeprefix(b"Exif\x00\x00")
    byte_order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if byte_order is None:
        return 1
    try:
        value = _find_orientation(tiff, byte_order)
    except struct.error:
        return 1
    return value if 1 <= value <= 8 else 1


def _find_orientation(tiff: bytes, byte_order: str) -> int:
    (directory,) = struct.unpack_from(f"{byte_order}4xI", tiff)
    (entries,) = struct.unpack_from(f"{byte_order}H", tiff, directory)
    for number in range(min(entries, MAX_ENTRIES)):
        tag, value = struct.unpack_from(f"{byte_order}H6xH", tiff, directory + 2 + number * ENTRY_BYTES)
        if tag == ORIENTATION:
            return int(value)
    return 1
