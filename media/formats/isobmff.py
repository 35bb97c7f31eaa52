"""AVIF and HEIC (ISO/IEC 23008-12): told apart by their brands; their insides are left to a process apart.

What such a file costs stands in the video bitstream, not in its boxes: 2 kB that call themselves 100 pixels wide may
hold a frame of 144 megapixels. So nothing here is believed; media.processing.sandbox bounds what the decoder may spend.
"""

from media.formats.parsed_image import InvalidImage, ParsedImage

BRANDS = {
    "AVIF": {b"avif", b"avis"},
    "HEIC": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"},
}
# Cameras name some ten brands. A number.
MAX_BRANDS = 32


def detect_isobmff_format(data: bytes) -> str | None:
    """AVIF or HEIC by the first brand that is one of theirs: the main one, or a compatible one behind a general one."""
    if data[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(data[:4], "big"), 16 + 4 * MAX_BRANDS)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, length, 4))]
    return next((name for brand in brands for name, own in BRANDS.items() if brand in own), None)


def parse_isobmff(data: bytes) -> ParsedImage:
    """The whole file, of unknown size and orientation; raises InvalidImage when it has no brand of a picture."""
    kind = detect_isobmff_format(data)
    if kind is None:
        raise InvalidImage("It is a film, not a picture.")
    return ParsedImage(kind, data)
