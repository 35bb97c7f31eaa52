"""Pictures as phones send them, and as the app's picture loader gets them back."""

import io
import urllib.request

from PIL import Image

from tests.android.okhttp import PATIENCE
from tests.factories import picture_bytes


def photo(color: str, width: int = 400) -> bytes:
    """With the place and the camera in it, as phones make them."""
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif[0x8825] = {1: "N", 2: (37.0, 33.0, 59.0)}
    return picture_bytes((width, 300), color=color, exif=exif.tobytes())


def width_of(file: bytes) -> int:
    return Image.open(io.BytesIO(file)).width


def is_public_and_bare(url: str) -> int:
    """Fetch the picture as the app's picture loader does, without a token; its width."""
    data = fetched(url)
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "JPEG"
    assert not picture.getexif()
    assert b"Exif" not in data
    return picture.width


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - the server above
        data: bytes = answer.read()
    return data
