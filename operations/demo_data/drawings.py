"""Drawing pictures and putting them into storage, each with its variants, so that all can be seen at once."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple

from django.core.files.base import ContentFile
from PIL import Image as Pillow

from media.jobs import SIDES, blurhash_of
from media.processing import pipeline
from media.processing.decoding import encode_webp
from media.storage import image_files
from operations.demo_data.landscapes import draw

# Width and height in pixels: a picture has one of these, an avatar the first.
SIZES = [(400, 400), (720, 540), (540, 720), (640, 480), (720, 405)]


class Drawing(NamedTuple):
    """What is known of a picture without opening its file."""

    width: int
    height: int
    bytes: int
    blurhash: str


# What pictures without a file say of themselves where none has one.
NEVER_DRAWN = Drawing(720, 540, 12_634, "L:K1-4ozayog.Tofazj]Ehaej@bH")


def draw_all(keys: Iterable[tuple[int, str]], avatars: int, seed: int) -> Iterator[tuple[int, Drawing]]:
    """Draw and store the pictures with these numbers and keys; those below `avatars` are square.

    Takes every core: encoders let go of Python's lock. Raises StorageUnavailable.
    """
    with ThreadPoolExecutor(os.cpu_count(), "drawing") as pool:
        tasks = [pool.submit(_draw, number, key, number < avatars, seed) for number, key in keys]
        try:
            yield from (task.result() for task in tasks)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _draw(number: int, key: str, is_avatar: bool, seed: int) -> tuple[int, Drawing]:
    size = SIZES[0 if is_avatar else number % len(SIZES)]
    finished = pipeline.process_image(ContentFile(draw(seed * 1_000_003 + number, size)))
    image_files.save_variant(key, "full", finished.data)
    with Pillow.open(BytesIO(finished.data), formats=["JPEG"]) as full:
        full.load()
        for variant, side in SIDES.items():
            image_files.save_variant(key, variant, encode_webp(full, side))
        return number, Drawing(finished.width, finished.height, len(finished.data), blurhash_of(full))


@contextmanager
def taken_down_on_failure(keys: Iterable[str]) -> Iterator[None]:
    """Remove the files with these keys again when what follows fails or is interrupted."""
    try:
        yield
    except BaseException:
        image_files.delete_variants(keys)
        raise
