"""PNG (W3C PNG third edition): chunks, and the limits on each."""

import struct
import zlib
from collections.abc import Iterator, Sequence

from media.formats.colour import PRIMARIES, Point, build_profile, profile_of_code_points
from media.formats.exif import read_orientation
from media.formats.parsed_image import PROFILE_MAX_BYTES, InvalidImage, ParsedImage

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# 10 MB in the small chunks of 8 kB that libpng writes are 1,300.
MAX_CHUNKS = 8_192
# Pixels and their colours. Texts, times and the later frames of an animation are dropped.
NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
COLOUR = {b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM"}
# Bit depth and colour type of images with one byte for each pixel: grey, or with a palette.
SINGLE_BYTE_HEADERS = {bytes([depth, colour]) for depth in (1, 2, 4, 8) for colour in (0, 3)}
# Exponents from 1 to 4 in hundred-thousandths of their inverse; others are mistakes.
MIN_GAMMA, MAX_GAMMA = 25_000, 100_000
# Length and type before a chunk's data, and these with the checksum after it. Bytes.
HEADER_BYTES, OVERHEAD_BYTES = 8, 12


def parse_png(data: bytes) -> ParsedImage:
    """The still image of the file; raises InvalidImage if it is truncated or has too many chunks."""
    needed, orientation = [SIGNATURE], 1
    # What says how colours are to be read, by chunk.
    colour: dict[bytes, bytes] = {}
    for chunk_type, chunk in _chunks(data):
        if chunk_type in NEEDED:
            needed.append(chunk)
        elif chunk_type in COLOUR:
            colour.setdefault(chunk_type, chunk)
        elif chunk_type == b"eXIf":
            orientation = read_orientation(chunk[HEADER_BYTES:-4])
    size, profile = _size(needed[1]), None
    is_transparent = any(chunk[4:8] == b"tRNS" for chunk in needed[1:])
    has_single_byte_pixels = needed[1][16:18] in SINGLE_BYTE_HEADERS and not is_transparent
    if b"cICP" not in colour and b"iCCP" in colour and _is_small_profile(colour[b"iCCP"][HEADER_BYTES:-4]):
        needed.insert(2, colour[b"iCCP"])
    else:
        profile = _described_profile({kind: chunk[HEADER_BYTES:-4] for kind, chunk in colour.items()})
    return ParsedImage("PNG", b"".join(needed), size, orientation, profile, has_single_byte_pixels)


def _described_profile(colour: dict[bytes, bytes]) -> bytes | None:
    """The profile of the chunk that counts first (PNG, 4.3); None for sRGB."""
    code_points, gamma, points = colour.get(b"cICP", b""), colour.get(b"gAMA", b""), colour.get(b"cHRM", b"")
    if len(code_points) == 4:
        return profile_of_code_points(code_points[0], code_points[1])
    if b"sRGB" in colour or len(gamma) != 4 or not MIN_GAMMA <= int.from_bytes(gamma, "big") <= MAX_GAMMA:
        return None
    exponent, chromaticities = 100_000 / int.from_bytes(gamma, "big"), PRIMARIES[1]
    if len(points) == 32:
        white_x, white_y, *others = (number / 100_000 for number in struct.unpack(">8I", points))
        chromaticities = (*zip(others[::2], others[1::2], strict=True), (white_x, white_y))  # type: ignore[assignment]
    if abs(exponent - 2.2) < 0.01 and _are_similar(chromaticities, PRIMARIES[1]):
        return None
    try:
        return build_profile(chromaticities, lambda value: value**exponent)
    except (ArithmeticError, struct.error):
        return None


def _are_similar(some: Sequence[Point], others: Sequence[Point]) -> bool:
    return all(
        abs(a - b) < 0.002 for one, other in zip(some, others, strict=True) for a, b in zip(one, other, strict=True)
    )


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
