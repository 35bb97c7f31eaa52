"""AVIF and HEIC (ISO/IEC 23008-12): recognised by their brands, decoded in the sandbox only.

The cost of such a file is in its video bitstream, not in its boxes: 2 kB that claim a width of 100 pixels may hold a
frame of 144 megapixels. So no claim is read here; media.processing.sandbox limits what the decoder may use.
"""

from media.formats.parsed_image import InvalidImage, ParsedImage

BRANDS = {
    "AVIF": {b"avif", b"avis"},
    "HEIC": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"},
}
# Cameras write about ten brands.
MAX_BRANDS = 32


def detect_isobmff_format(data: bytes) -> str | None:
    """AVIF or HEIC by the first known brand, the major one or a compatible one; None for other files."""
    if data[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(data[:4], "big"), 16 + 4 * MAX_BRANDS)
    brands = [data[8:12], *(data[offset : offset + 4] for offset in range(16, length, 4))]
    return next((name for brand in brands for name, known in BRANDS.items() if brand in known), None)


def parse_isobmff(data: bytes) -> ParsedImage:
    """The whole file, with unknown size and orientation; raises InvalidImage if it has no brand of an image."""
    name = detect_isobmff_format(data)
    if name is None:
        raise InvalidImage("no brand of an image")
    return ParsedImage(name, data)
