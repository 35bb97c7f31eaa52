"""What a picture's file says of itself, read by hand before any decoder is trusted with it.

Decoders pay for what a file claims: pixels, scans, chunks that inflate, directories whose entries all point at the same
64 kB. Here claims are read and bounded at the price of a walk over headers, and the decoder gets a copy that holds what
pixels and colour need and nothing else. Knows neither Django nor settings: it also runs in the process apart.
"""

from collections.abc import Callable, Collection

from media.formats import isobmff, jpeg, png, webp
from media.formats.parsed_image import InvalidImage, ParsedImage, TooManyPixels

__all__ = ["InvalidImage", "ParsedImage", "TooManyPixels", "parse_image"]

READERS: dict[str, Callable[[bytes], ParsedImage]] = {
    "JPEG": jpeg.parse_jpeg,
    "PNG": png.parse_png,
    "WEBP": webp.parse_webp,
    "AVIF": isobmff.parse_isobmff,
    "HEIC": isobmff.parse_isobmff,
}


def parse_image(data: bytes, allowed: Collection[str]) -> ParsedImage:
    """The parts of a picture in one of the allowed formats, known by its first bytes; raises InvalidImage otherwise."""
    kind = _detect_format(data)
    if kind is None or kind not in allowed:
        raise InvalidImage("It is in none of the formats we open.")
    return READERS[kind](data)


def _detect_format(data: bytes) -> str | None:
    if data.startswith(jpeg.SIGNATURE):
        return "JPEG"
    if data.startswith(png.SIGNATURE):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return isobmff.detect_isobmff_format(data)
