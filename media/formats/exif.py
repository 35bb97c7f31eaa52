"""EXIF: the orientation is the only entry read."""

import struct

ORIENTATION = 0x0112
# Cameras write about thirty entries. A hostile file has thousands that all point at the same bytes.
MAX_ENTRIES = 512
ENTRY_BYTES = 12
# BYTE, SHORT, LONG and their signed kinds (TIFF 6.0, 2).
FORMATS_BY_TYPE = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i"}


def read_orientation(exif: bytes) -> int:
    """The orientation, 1 to 8 (EXIF 3.0, 4.6.5.1.6); 1, which is upright, if it is missing or invalid."""
    # The byte after the zero is only there for an even length, and some cameras write another one than zero.
    tiff = exif[6:] if exif.startswith(b"Exif\x00") else exif
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
        offset = directory + 2 + number * ENTRY_BYTES
        tag, kind = struct.unpack_from(f"{byte_order}HH", tiff, offset)
        if tag == ORIENTATION:
            # The standard's type is SHORT, but some cameras write others; all of them stand at the left.
            return int(struct.unpack_from(byte_order + FORMATS_BY_TYPE.get(kind, "H"), tiff, offset + 8)[0])
    return 1
