"""ParsedImage: the parts of an image file that its decoder needs, and the limits on its pixels."""

from dataclasses import dataclass

# A larger colour profile is dropped; CMYK profiles of print shops have half of this. Bytes.
PROFILE_MAX_BYTES = 1_048_576
# An image that must be decoded at full size may claim this many pixels, and more for each byte of its file. Photos have
# less than ten pixels a byte, a blank page three hundred, a decompression bomb thousands.
BASE_PIXELS = 16_777_216
# A WebP decoder holds its canvas four times; a JPEG decoder passes over it once for each scan.
BASE_PIXELS_BY_FORMAT = {"WEBP": 12_582_912, "JPEG": 12_582_912}
PIXELS_PER_BYTE = 16
# As many pixels of one byte, grey ones or those of a palette, take the memory of one in colour.
SINGLE_BYTE_PIXELS = 4


class InvalidImage(Exception):
    """The file is not an image, is broken, or claims what no camera and no editor writes."""


class TooManyPixels(Exception):
    """The image is larger than the limit, or far larger than its bytes can hold."""


@dataclass(frozen=True)
class ParsedImage:
    """An image ready for its decoder."""

    # The name of the format in IMAGE_FORMATS.
    format: str
    # The part of the file that the decoder gets.
    data: bytes
    # Width and height as stored; (0, 0) where only the decoder can tell.
    size: tuple[int, int] = (0, 0)
    # 1 to 8, as in EXIF.
    orientation: int = 1
    # The profile of colours that the container describes otherwise than by a profile; the decoder's own counts first.
    profile: bytes | None = None
    # Whether the decoder holds one byte for each pixel, instead of four: black and white, grey, and with a palette.
    has_single_byte_pixels: bool = False
    # Whether the decoder can skip pixels that a smaller copy does not need.
    can_decode_scaled: bool = False

    @property
    def pixels(self) -> int:
        """Width by height."""
        return self.size[0] * self.size[1]


def check_pixel_count(image: ParsedImage, max_pixels: int) -> None:
    """Raise TooManyPixels for more pixels than the limit or the file's bytes allow, InvalidImage for none."""
    if image.pixels == 0:
        raise InvalidImage("no pixels")
    allowed = max_pixels
    if not image.can_decode_scaled:
        base = BASE_PIXELS_BY_FORMAT.get(image.format, BASE_PIXELS)
        pixels_in_one = SINGLE_BYTE_PIXELS if image.has_single_byte_pixels else 1
        allowed = min(max_pixels, (base + PIXELS_PER_BYTE * len(image.data)) * pixels_in_one)
    if image.pixels > allowed:
        raise TooManyPixels(f"{image.pixels} pixels, {allowed} allowed")
