"""AVIF and HEIC (ISO/IEC 23008-12): recognised by their brands, decoded in the sandbox only.

The cost of such a file is in its video bitstream, not in its boxes: 2 kB that claim a width of 100 pixels may hold a
frame of 144 megapixels. So no claim of size is read here. media.processing.sandbox checks the size that the decoder
reads, before pixels are decoded, and limits memory and time, since that size may be false too.
"""

from collections.abc import Iterator

from media.formats.colour import profile_of_code_points
from media.formats.parsed_image import ParsedImage

BRANDS = {
    "AVIF": {b"avif", b"avis"},
    "HEIC": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"},
}
# Cameras write about ten brands.
MAX_BRANDS = 32
# A phone writes a property or two for each of some hundred tiles.
MAX_BOXES = 1_024


def detect_isobmff_format(data: bytes) -> str | None:
    """AVIF or HEIC by the first known brand, the major one or a compatible one; None for other files."""
    if data[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(data[:4], "big"), 16 + 4 * MAX_BRANDS)
    brands = [data[8:12], *(data[offset : offset + 4] for offset in range(16, length, 4))]
    return next((name for brand in brands for name, known in BRANDS.items() if brand in known), None)


def parse_isobmff(name: str, data: bytes) -> ParsedImage:
    """The whole file, an AVIF or HEIC by its name, with unknown size and orientation."""
    return ParsedImage(name, data, profile=_find_profile(data))


def _find_profile(data: bytes) -> bytes | None:
    """The profile of the first code points among the properties of the items (ISO/IEC 14496-12, 12.1.5)."""
    properties = _payload(_payload(_payload(data, b"meta")[4:], b"iprp"), b"ipco")
    for kind, payload in _boxes(properties):
        if kind == b"colr" and payload[:4] == b"nclx" and len(payload) >= 8:
            return profile_of_code_points(int.from_bytes(payload[4:6], "big"), int.from_bytes(payload[6:8], "big"))
    return None


def _payload(data: bytes, kind: bytes) -> bytes:
    """The payload of the first box of a kind; nothing if there is none."""
    return next((payload for box_kind, payload in _boxes(data) if box_kind == kind), b"")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The type and the payload of each box; one that is broken is the last."""
    offset = 0
    for _ in range(MAX_BOXES):
        length, header = int.from_bytes(data[offset : offset + 4], "big"), 8
        if length == 1:
            length, header = int.from_bytes(data[offset + 8 : offset + 16], "big"), 16
        if length < header:
            return
        yield data[offset + 4 : offset + 8], data[offset + header : offset + length]
        offset += length
