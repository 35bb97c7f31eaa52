"""WebP (RFC 9649): chunks in a RIFF file."""

import struct
from collections.abc import Iterator

from media.formats.exif import read_orientation
from media.formats.parsed_image import PROFILE_MAX_BYTES, InvalidImage, ParsedImage

# The longest animations that phones make have some hundred frames, a chunk each.
MAX_CHUNKS = 4_096
# Pixels and their colours, of a still picture or of the first frame.
KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM"}
# In the first byte of VP8X: the file has EXIF, has XMP. Ours has neither.
EXIF_AND_XMP = 0x0C


def parse_webp(data: bytes) -> ParsedImage:
    """The first frame of the file; raises InvalidImage for one that is cut off or made of crumbs."""
    kept: list[bytes] = []
    frames, turn = 0, 1
    for kind, payload in _chunks(data):
        frames += kind == b"ANMF"
        if kind in KEPT or (kind == b"ICCP" and len(payload) <= PROFILE_MAX_BYTES) or (kind == b"ANMF" and frames == 1):
            kept.append(_chunk(kind, payload))
        elif kind == b"EXIF":
            turn = read_orientation(payload)
    if not kept:
        raise InvalidImage("It holds no picture.")
    body = b"WEBP" + b"".join(kept)
    return ParsedImage("WEBP", b"RIFF" + struct.pack("<I", len(body)) + body, _size(kept[0]), turn)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) + 1:
        raise InvalidImage("It ends before the picture does.")
    for _ in range(MAX_CHUNKS):
        if at + 8 > end:
            return
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        payload = data[at + 8 : at + 8 + length]
        if len(payload) < length:
            raise InvalidImage("It ends before the picture does.")
        yield kind, payload
        at += 8 + length + length % 2
    raise InvalidImage("It is made of more chunks than any encoder writes.")


def _chunk(kind: bytes, payload: bytes) -> bytes:
    if kind == b"VP8X" and payload:
        payload = bytes([payload[0] & ~EXIF_AND_XMP]) + payload[1:]
    return kind + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def _size(first: bytes) -> tuple[int, int]:
    """Width and height by the first chunk, which is the canvas (VP8X), a lossless picture or a lossy one."""
    kind, payload = first[:4], first[8:]
    if len(payload) < 10:
        raise InvalidImage("Its header is cut off.")
    if kind == b"VP8X":
        return int.from_bytes(payload[4:7], "little") + 1, int.from_bytes(payload[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(payload[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", payload, 6)
    return width & 0x3FFF, height & 0x3FFF
