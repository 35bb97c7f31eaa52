"""Parsers of image files, run before any decoder sees the file.

Decoders do the work that a file's headers claim: pixels, scans, compressed chunks, EXIF entries. The parsers of JPEG,
PNG and WebP read these claims, bound them (pixels: `check_pixel_count`), and keep only the parts that pixels and
colours need. AVIF and HEIC keep all their parts, and only their colours are read: `isobmff.py` says why. The parsers
import neither Django nor settings, since they also run in the sandbox process.
"""

from collections.abc import Callable, Collection
from functools import partial

from media.formats import isobmff, jpeg, png, webp
from media.formats.parsed_image import InvalidImage, ParsedImage, TooManyPixels

__all__ = ["InvalidImage", "ParsedImage", "TooManyPixels", "parse_image"]

PARSERS: dict[str, Callable[[bytes], ParsedImage]] = {
    "JPEG": jpeg.parse_jpeg,
    "PNG": png.parse_png,
    "WEBP": webp.parse_webp,
    "AVIF": partial(isobmff.parse_isobmff, "AVIF"),
    "HEIC": partial(isobmff.parse_isobmff, "HEIC"),
}


def parse_image(data: bytes, allowed_formats: Collection[str]) -> ParsedImage:
    """Parse a file whose first bytes show one of the allowed formats; raises InvalidImage."""
    name = _detect_format(data)
    if name is None or name not in allowed_formats:
        raise InvalidImage("unknown or disallowed format")
    return PARSERS[name](data)


def _detect_format(data: bytes) -> str | None:
    if data.startswith(jpeg.SIGNATURE):
        return "JPEG"
    if data.startswith(png.SIGNATURE):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return isobmff.detect_isobmff_format(data)
