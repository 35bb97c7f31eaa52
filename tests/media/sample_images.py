"""Images that tests upload: valid but odd ones, and hostile ones."""

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

# The corners of `four_colours()`, clockwise from the upper left.
COLOURS = [(250, 10, 10), (10, 200, 10), (10, 10, 250), (240, 240, 10)]
# A place on Earth, as a camera would write it.
GPS = {1: "N", 2: (37.0, 33.0, 58.0), 3: "E", 4: (126.0, 58.0, 40.0)}


def four_colours(width: int = 120, height: int = 80) -> Image.Image:
    """An image whose four quarters differ, so that its rotation shows."""
    image = Image.new("RGB", (width, height))
    x, y = width // 2, height // 2
    for colour, box in zip(
        COLOURS, [(0, 0, x, y), (x, 0, width, y), (x, y, width, height), (0, y, x, height)], strict=True
    ):
        image.paste(colour, box)
    return image


def colours_of(image: Image.Image) -> list[tuple[int, int, int]]:
    """The colours of the four quarters, clockwise from the upper left."""
    image = image.convert("RGB")
    left, right = image.width // 4, image.width * 3 // 4
    top, bottom = image.height // 4, image.height * 3 // 4
    return [image.getpixel(at) for at in ((left, top), (right, top), (right, bottom), (left, bottom))]  # type: ignore[misc]


def are_similar(some: list[tuple[int, int, int]], others: list[tuple[int, int, int]], by: int = 12) -> bool:
    """Whether colours are equal but for what JPEG does to them."""
    return all(
        abs(a - b) <= by for one, other in zip(some, others, strict=True) for a, b in zip(one, other, strict=True)
    )


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The image as a file."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def uploaded_file(data: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    """The bytes as a client sends them."""
    return SimpleUploadedFile(name, data, kind)


def photograph(width: int = 400, height: int = 300, **options: Any) -> bytes:
    """A JPEG with as much detail as photographs have."""
    bands = [Image.effect_noise((width, height), 40), Image.linear_gradient("L").resize((width, height))]
    return encoded(Image.merge("RGB", [*bands, bands[0]]), "JPEG", quality=85, **options)


def exif_with(orientation: int) -> Image.Exif:
    """What a camera held like this writes of itself, place included."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SpyCam"
    exif.get_ifd(0x8825).update(GPS)
    return exif


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, width: int = 64, height: int = 48) -> bytes:
    """A PNG of one grey, with these chunks before its pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(width + 1) * height, 9))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def webp(*chunks: bytes) -> bytes:
    """A WebP of these chunks."""
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, chunks))) + b"WEBP" + b"".join(chunks)


def webp_chunk(kind: bytes, payload: bytes) -> bytes:
    """One chunk of a WebP; the payload has an even length."""
    return kind + struct.pack("<I", len(payload)) + payload


def segment(marker: int, payload: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def insert_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """The JPEG with these segments at its beginning."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def repeat_last_scan(jpeg: bytes, times: int) -> bytes:
    """A progressive JPEG whose last scan is repeated so often."""
    last = jpeg.rfind(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * times + b"\xff\xd9"


def frame_header(jpeg: bytes) -> bytes:
    """The segment in which a JPEG names its size."""
    at = jpeg.find(b"\xff\xc0")
    return jpeg[at : at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")]


def insert_between_scans(jpeg: bytes, segment: bytes) -> bytes:
    """A progressive JPEG with this segment before its last scan."""
    last = jpeg.rfind(b"\xff\xda")
    return jpeg[:last] + segment + jpeg[last:]


def claim_size(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG that claims another size."""
    at = max(jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2"))
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def exif_bomb() -> bytes:
    """EXIF of 64 kB whose five thousand entries all point at the same 60 kB: 300 MB to who reads it."""
    entries = b"".join(struct.pack("<HHII", 0x9000 + number, 7, 60_000, 8) for number in range(5_000))
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 5_000) + entries


def swapped_profile() -> bytes:
    """A colour profile in which red and green have changed places, so that one sees whether it was used."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.find(b"rXYZ", 128, 400), profile.find(b"gXYZ", 128, 400)
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)
