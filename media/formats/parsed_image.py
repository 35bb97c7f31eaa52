"""ParsedImage: what is left of a picture's file once it has been taken apart, and what it may cost."""

from dataclasses import dataclass

# The largest colour profile that is looked at; CMYK profiles of print shops have half of it. Bytes.
PROFILE_MAX_BYTES = 1_048_576
# Formats that must be decoded in full may claim so many pixels for nothing, and so many more for each byte they bring.
# Photographs have less than ten pixels a byte, a blank page three hundred; a bomb has thousands.
BASE_PIXELS = 16_777_216
# A WebP decoder holds its canvas four times, a JPEG one passes over it as often as there are scans.
BASE_PIXELS_BY_FORMAT = {"WEBP": 12_582_912, "JPEG": 12_582_912}
PIXELS_PER_BYTE = 16


class InvalidImage(Exception):
    """The file is no picture, is broken, or claims what no camera and no editor writes."""


class TooManyPixels(Exception):
    """The picture is larger than the limit, or far larger than its bytes can hold."""


@dataclass(frozen=True)
class ParsedImage:
    """A picture ready for its decoder."""

    # The name of the format in IMAGE_FORMATS.
    format: str
    # What the decoder may see.
    data: bytes
    # Width and height as stored; unknown (zero) where only the decoder can tell.
    size: tuple[int, int] = (0, 0)
    # How the camera was held: 1 to 8, as in EXIF.
    orientation: int = 1
    # Whether the decoder can skip pixels that a smaller copy does not need.
    can_decode_scaled: bool = False

    @property
    def pixels(self) -> int:
        """Width by height."""
        return self.size[0] * self.size[1]


def check_pixel_count(parts: ParsedImage, max_pixels: int) -> None:
    """Raise TooManyPixels for more than the limit or the picture's bytes allow, and InvalidImage for none."""
    if parts.pixels == 0:
        raise InvalidImage("It has no pixels.")
    allowed = max_pixels
    if not parts.can_decode_scaled:
        allowed = min(
            max_pixels, BASE_PIXELS_BY_FORMAT.get(parts.format, BASE_PIXELS) + PIXELS_PER_BYTE * len(parts.data)
        )
    if parts.pixels > allowed:
        raise TooManyPixels(f"{parts.pixels} pixels, {allowed} allowed")
