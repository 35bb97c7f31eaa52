"""From a picture's parts to the one JPEG that we keep: small enough, upright, in sRGB, on white, with nothing attached.

Knows neither Django nor settings: it also runs in the process apart.
"""

from dataclasses import dataclass, replace
from io import BytesIO

import pi_heif
from PIL import AvifImagePlugin, Image, ImageCms

from media.formats.exif import read_orientation
from media.formats.parsed_image import ParsedImage, check_pixel_count

# A decoder works in the thread that called it; IMAGE_DECODER_THREADS says how many of those there are.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)

PILLOW_NAMES = {"HEIC": "HEIF"}
# Nobody sees the difference to more on a phone, and everybody pays for it.
QUALITY = 85
# By so much a copy may be smaller than asked for when its decoder gets there by halving. Phones make photographs 4,000
# to 4,080 pixels wide, and half of that costs half of what 2,048 do.
CLOSE_ENOUGH = 0.95
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
    """A picture as it is stored: a JPEG with its width and height in pixels."""

    data: bytes
    width: int
    height: int


def open_image(parts: ParsedImage, max_pixels: int) -> tuple[Image.Image, ParsedImage]:
    """The picture, not decoded yet, with its parts completed by what only the decoder knew.

    Raises TooManyPixels, or whatever a decoder raises.
    """
    image = Image.open(BytesIO(parts.data), formats=[PILLOW_NAMES.get(parts.format, parts.format)])
    turn = parts.orientation if parts.size[0] else read_orientation(image.info.get("exif") or b"")
    parts = replace(parts, size=image.size, orientation=turn)
    check_pixel_count(parts, max_pixels)
    return image, parts


def reencode(image: Image.Image, turn: int, longest_side: int) -> ProcessedImage:
    """Decode the picture and make of it what we keep; raises whatever a decoder raises."""
    profile = image.info.get("icc_profile")
    small = _shrunk(image, longest_side)
    if turn in TRANSPOSE_BY_ORIENTATION:
        small = small.transpose(TRANSPOSE_BY_ORIENTATION[turn])
    final = _in_srgb(_on_white(small), profile)
    return ProcessedImage(encode_jpeg(final), final.width, final.height)


def encode_jpeg(image: Image.Image) -> bytes:
    """A progressive JPEG without any metadata."""
    # Pillow writes the profile and the comment it finds here into the file.
    image.info = {}
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def encode_webp(image: Image.Image, longest_side: int) -> bytes:
    """A WebP without any metadata, no larger than asked for."""
    small = image.copy()
    small.thumbnail((longest_side, longest_side), reducing_gap=2.0)
    small.info = {}
    out = BytesIO()
    small.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()


def _shrunk(image: Image.Image, longest_side: int) -> Image.Image:
    """Decoded, resizable, and no larger than asked for; first of all, because everything after it costs less then."""
    # A JPEG decoder can leave out what a smaller copy does not need; the others ignore this.
    image.draft(None, _size(image, longest_side * CLOSE_ENOUGH))
    image.load()
    # Resized into a new picture: some decoders' own would read the file once more.
    return _resizable(image).resize(_size(image, longest_side), reducing_gap=2.0)


def _size(image: Image.Image, longest_side: float) -> tuple[int, int]:
    scale = min(1, longest_side / max(image.size))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _resizable(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # Pillow would cut 16 bits off at 255 instead of scaling them.
        image = image.point(lambda value: value * (1 / 256)).convert("L")
        image.info.pop("transparency", None)
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("LA", "RGBA"):
        return image
    opaque = image.mode.removesuffix("A")
    paper = Image.new(opaque, image.size, "white")
    paper.paste(image.convert(opaque), mask=image.getchannel("A"))
    return paper


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB by the picture's own profile; one that is broken or of another colour space is not worth a refusal."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
            image = ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass
    return image.convert("RGB")
