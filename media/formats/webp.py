"""WebP (RFC 9649): chunks in a RIFF file, and the limits on each."""

import struct
from collections.abc import Iterator

from media.formats.exif import read_orientation
from media.formats.parsed_image import PROFILE_MAX_BYTES, InvalidImage, ParsedImage

# The longest animations that phones make have some hundred frames, a chunk each.
MAX_CHUNKS = 4_096
# Pixels and their colours, of a still image or of the first frame.
NEEDED = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM"}
# The flags "has EXIF" and "has XMP" in the first byte of VP8X; both are dropped.
EXIF_AND_XMP = 0x0C


def parse_webp(data: bytes) -> ParsedImage:
    """The first frame of the file; raises InvalidImage if it is truncated or has too many chunks."""
    needed: list[bytes] = []
    frames, orientation = 0, 1
    for chunk_type, payload in _chunks(data):
        frames += chunk_type == b"ANMF"
        if _is_needed(chunk_type, payload, frames):
            needed.append(_build_chunk(chunk_type, payload))
        elif chunk_type == b"EXIF":
            orientation = read_orientation(payload)
    if not needed:
        raise InvalidImage("no image data")
    body = b"WEBP" + b"".join(needed)
    return ParsedImage("WEBP", b"RIFF" + struct.pack("<I", len(body)) + body, _size(needed[0]), orientation)


def _is_needed(chunk_type: bytes, payload: bytes, frames: int) -> bool:
    if chunk_type == b"ICCP":
        return len(payload) <= PROFILE_MAX_BYTES
    return chunk_type in NEEDED or (chunk_type == b"ANMF" and frames == 1)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The type and the payload of each chunk."""
    offset, end = 12, 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) + 1:
        raise InvalidImage("truncated file")
    for _ in range(MAX_CHUNKS):
        if offset + 8 > end:
            return
        chunk_type, length = data[offset : offset + 4], int.from_bytes(data[offset + 4 : offset + 8], "little")
        payload = data[offset + 8 : offset + 8 + length]
        if len(payload) < length:
            raise InvalidImage("truncated chunk")
        yield chunk_type, payload
        offset += 8 + length + length % 2
    raise InvalidImage("more chunks than any encoder writes")


def _build_chunk(chunk_type: bytes, payload: bytes) -> bytes:
    if chunk_type == b"VP8X" and payload:
        payload = bytes([payload[0] & ~EXIF_AND_XMP]) + payload[1:]
    return chunk_type + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def _size(first: bytes) -> tuple[int, int]:
    """Width and height by the first chunk: the canvas (VP8X), a lossless image (VP8L) or a lossy one (VP8)."""
    chunk_type, payload = first[:4], first[8:]
    if len(payload) < 10:
        raise InvalidImage("truncated header")
    if chunk_type == b"VP8X":
        return int.from_bytes(payload[4:7], "little") + 1, int.from_bytes(payload[7:10], "little") + 1
    if chunk_type == b"VP8L":
        bits = int.from_bytes(payload[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", payload, 6)
    return width & 0x3FFF, height & 0x3FFF
