"""PNG (W3C PNG third edition): chunks, and what each may inflate to."""

import zlib
from collections.abc import Iterator

from media.formats.exif import read_orientation
from media.formats.parsed_image import PROFILE_MAX_BYTES, InvalidImage, ParsedImage

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# 10 MB in the small chunks of 8 kB that libpng writes are 1,300.
MAX_CHUNKS = 8_192
# Pixels and their colours. Text, times and the later frames of an animation stay behind.
KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
# Length and type before a chunk's data, a checksum after it. Bytes.
BEFORE, AROUND = 8, 12


def parse_png(data: bytes) -> ParsedImage:
    """The still picture of the file; raises InvalidImage for one that is cut off or made of crumbs."""
    kept, turn = [SIGNATURE], 1
    for kind, chunk in _chunks(data):
        if kind in KEPT or (kind == b"iCCP" and _is_small_profile(chunk[BEFORE:-4])):
            kept.append(chunk)
        elif kind == b"eXIf":
            turn = read_orientation(chunk[BEFORE:-4])
    return ParsedImage("PNG", b"".join(kept), _size(kept[1]), turn)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        chunk = data[at : at + AROUND + length]
        if len(chunk) < AROUND + length:
            raise InvalidImage("It ends before the picture does.")
        if (at == len(SIGNATURE)) != (kind == b"IHDR"):
            raise InvalidImage("Its header is not where a header is.")
        yield kind, chunk
        if kind == b"IEND":
            return
        at += len(chunk)
    raise InvalidImage("It is made of more chunks than any encoder writes.")


def _size(header: bytes) -> tuple[int, int]:
    if len(header) != AROUND + 13:
        raise InvalidImage("Its header has a wrong length.")
    return int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")


def _is_small_profile(payload: bytes) -> bool:
    """Whether a colour profile is one, and inflates to no more than we look at; name, zero, method, deflated data."""
    deflated = payload.partition(b"\0")[2][1:]
    try:
        return 0 < len(zlib.decompressobj().decompress(deflated, PROFILE_MAX_BYTES)) < PROFILE_MAX_BYTES
    except zlib.error:
        return False
