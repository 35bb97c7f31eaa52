"""PNG (W3C PNG third edition): chunks, and the limits on each."""

import zlib
from collections.abc import Iterator

from media.formats.exif import read_orientation
from media.formats.parsed_image import PROFILE_MAX_BYTES, InvalidImage, ParsedImage

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# 10 MB in the small chunks of 8 kB that libpng writes are 1,300.
MAX_CHUNKS = 8_192
# Pixels and their colours. Texts, times and the later frames of an animation are dropped.
NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
# Length and type before a chunk's data, and these with the checksum after it. Bytes.
HEADER_BYTES, OVERHEAD_BYTES = 8, 12


def parse_png(data: bytes) -> ParsedImage:
    """The still image of the file; raises InvalidImage if it is truncated or has too many chunks."""
    needed, orientation = [SIGNATURE], 1
    for chunk_type, chunk in _chunks(data):
        if chunk_type in NEEDED or (chunk_type == b"iCCP" and _is_small_profile(chunk[HEADER_BYTES:-4])):
            needed.append(chunk)
        elif chunk_type == b"eXIf":
            orientation = read_orientation(chunk[HEADER_BYTES:-4])
    return ParsedImage("PNG", b"".join(needed), _size(needed[1]), orientation)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk with its type."""
    offset = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        length, chunk_type = int.from_bytes(data[offset : offset + 4], "big"), data[offset + 4 : offset + 8]
        chunk = data[offset : offset + OVERHEAD_BYTES + length]
        if len(chunk) < OVERHEAD_BYTES + length:
            raise InvalidImage("truncated chunk")
        if (offset == len(SIGNATURE)) != (chunk_type == b"IHDR"):
            raise InvalidImage("header in a wrong place")
        yield chunk_type, chunk
        if chunk_type == b"IEND":
            return
        offset += len(chunk)
    raise InvalidImage("more chunks than any encoder writes")


def _size(header: bytes) -> tuple[int, int]:
    if len(header) != OVERHEAD_BYTES + 13:
        raise InvalidImage("header of a wrong length")
    return int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")


def _is_small_profile(payload: bytes) -> bool:
    """Whether the payload (name, zero, method, deflated data) inflates to a profile of an accepted size."""
    deflated = payload.partition(b"\0")[2][1:]
    try:
        return 0 < len(zlib.decompressobj().decompress(deflated, PROFILE_MAX_BYTES)) < PROFILE_MAX_BYTES
    except zlib.error:
        return False
