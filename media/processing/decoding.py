"""Decoding and re-encoding: the stored JPEG is small enough, upright, in sRGB, on white and without metadata.

Imports neither Django nor settings, since it also runs in the sandbox process.
"""

from dataclasses import dataclass, replace
from io import BytesIO
from struct import error

import pi_heif
from PIL import AvifImagePlugin, Image, ImageCms

from media.formats.exif import read_orientation
from media.formats.parsed_image import ParsedImage, check_pixel_count

# Each decoder works in the thread that calls it; IMAGE_DECODER_THREADS limits the number of these threads.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)

PILLOW_NAMES = {"HEIC": "HEIF"}
# On a phone nobody sees the difference to a higher quality.
JPEG_QUALITY = 85
# A copy may be smaller than asked for by this factor if the decoder gets there by halving. Phone photos are 4,000 to
# 4,080 pixels wide, and decoding them at half size costs half of what 2,048 pixels do.
ACCEPTED_SCALE = 0.95
# What the decoder raises for a damaged file.
DAMAGE_ERRORS = (OSError, SyntaxError, ValueError, ArithmeticError, MemoryError, error, Image.DecompressionBombError)
# The longest side that WebP can have, but for a little. Pixels.
MAX_SIDE = 16_000
TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class ProcessedImage:
    """The JPEG to store, with its width and height in pixels."""

    data: bytes
    width: int
    height: int


def open_image(parsed: ParsedImage, max_pixels: int) -> tuple[Image.Image, ParsedImage]:
    """Open the image without decoding it; the second value has the size and orientation that the decoder found.

    Raises TooManyPixels, or whatever the decoder raises.
    """
    image = Image.open(BytesIO(parsed.data), formats=[PILLOW_NAMES.get(parsed.format, parsed.format)])
    orientation = parsed.orientation
    # The decoder of HEIC turns the image by its container; EXIF does not count there (ISO/IEC 23008-12, A.2.1).
    if parsed.format == "AVIF":
        orientation = read_orientation(image.info.get("exif") or b"")
    parsed = replace(parsed, size=image.size, orientation=orientation)
    check_pixel_count(parsed, max_pixels)
    return image, parsed


def reencode(image: Image.Image, parsed: ParsedImage, longest_side: int) -> ProcessedImage:
    """Decode the image and encode it as the JPEG to store; raises whatever the decoder raises."""
    profile = image.info.get("icc_profile") or parsed.profile
    small = _decode_scaled(image, longest_side)
    if parsed.orientation in TRANSPOSE_BY_ORIENTATION:
        small = small.transpose(TRANSPOSE_BY_ORIENTATION[parsed.orientation])
    final = _convert_to_srgb(_flatten_on_white(small), profile)
    return ProcessedImage(encode_jpeg(final), final.width, final.height)


def is_sound(data: bytes, length: int) -> bool:
    """Whether a stored JPEG has its length in bytes and can be decoded; an eighth of its pixels tells."""
    try:
        with Image.open(BytesIO(data), formats=["JPEG"]) as image:
            image.draft(None, (image.width // 8, image.height // 8))
            image.load()
    except DAMAGE_ERRORS:
        return False
    return len(data) == length


def encode_jpeg(image: Image.Image) -> bytes:
    """A progressive JPEG without metadata."""
    # Pillow would write the profile and the comment in `info` into the file.
    image.info = {}
    out = BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def encode_webp(image: Image.Image, size: tuple[int, int]) -> bytes:
    """A WebP without metadata, of this size in pixels."""
    small = image.resize(size, reducing_gap=2.0)
    small.info = {}
    out = BytesIO()
    small.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()


def _decode_scaled(image: Image.Image, longest_side: int) -> Image.Image:
    """Decode and scale down, before anything else: every later step costs less on a smaller image."""
    # A JPEG decoder can skip what a smaller copy does not need; other decoders ignore this.
    image.draft(None, scaled_size(image.size, longest_side * ACCEPTED_SCALE))
    image.load()
    size = scaled_size(image.size, longest_side)
    if image.mode == "P" and not image.has_transparency_data:
        return _resize_with_palette(image, size)
    # `resize` makes a new image; `thumbnail` would make some decoders read the file again.
    return _convert_to_resizable(image).resize(size, reducing_gap=2.0)


def _resize_with_palette(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resize red, green and blue one by one: all pixels in colour would take four times the memory."""
    palette = bytes(image.getpalette() or b"").ljust(3 * 256, b"\0")
    channels = (image.point(list(palette[number::3]), "L").resize(size, reducing_gap=2.0) for number in range(3))
    return Image.merge("RGB", list(channels))


def scaled_size(size: tuple[int, int], side: float) -> tuple[int, int]:
    """The size within a square of this side; an image longer than twice its width gets as many pixels as the square.

    Otherwise a long screenshot could not be read. Up to the shape of 1 to 4 the short side is half of the square's; the
    long side has at most 8 times the square's, and MAX_SIDE.
    """
    long, short = max(size), min(size)
    by_pixels = min((side * side / (long * short)) ** 0.5, side / 2 / short, side * 8 / long, MAX_SIDE / long)
    return _scale(size, max(side / long, by_pixels))


def thumbnail_size(size: tuple[int, int], side: float) -> tuple[int, int]:
    """The size within a square of this side, whatever the shape."""
    return _scale(size, side / max(size))


def _scale(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * min(1, scale))), max(1, round(size[1] * min(1, scale)))


def _convert_to_resizable(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # Pillow would clip 16-bit values at 255 instead of scaling them.
        image = image.point(lambda value: value * (1 / 256)).convert("L")
        image.info.pop("transparency", None)
    if image.mode == "1":
        # Not in colour, which would take four times the memory before the image is small.
        image = image.convert("L") if "transparency" not in image.info else image
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _flatten_on_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("LA", "RGBA"):
        return image
    opaque_mode = image.mode.removesuffix("A")
    background = Image.new(opaque_mode, image.size, "white")
    background.paste(image.convert(opaque_mode), mask=image.getchannel("A"))
    return background


def _convert_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the image's colour profile; one that is broken or of another colour space is ignored."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
            if source.profile.xcolor_space == "RGB " and image.mode == "L":
                image = image.convert("RGB")
            image = ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass
    return image.convert("RGB")
