"""Draws landscapes and stores them in all sizes, so that demo images need no photographs and no jobs."""

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import sin, tau

from PIL import Image, ImageDraw, ImageOps

from media.jobs import VARIANT_SIZES, compute_blurhash
from media.processing.decoding import encode_jpeg, encode_webp
from media.storage import image_files

SIZES = [(400, 400), (640, 480), (480, 640), (600, 450), (640, 360)]  # pixels; avatars have the first
PALETTES = [  # sky, horizon, sun, nearest hill
    ("#1b2a6b", "#f7b267", "#ffe8a3", "#2b2d42"),
    ("#4aa3df", "#d8f0ff", "#fff3c4", "#2f6b3c"),
    ("#3d1e6d", "#ff6f91", "#ffd6a5", "#231942"),
    ("#0f4c5c", "#e36414", "#fb8b24", "#1d2a30"),
    ("#a2d2ff", "#ffc8dd", "#fffdf2", "#5e548e"),
]
HILLS, SCALE = 4, 2  # drawn so many times larger and reduced, to smooth the edges

Drawing = tuple[int, int, int, str]  # width, height, bytes, blurhash


def draw_landscape(seed: int, size: tuple[int, int]) -> Image.Image:
    """Draw a sky, a sun and hills; the same seed draws the same landscape. Width and height in pixels."""
    rng, (width, height) = random.Random(seed), (side * SCALE for side in size)  # noqa: S311 - to be repeated
    sky, horizon, sun, ground = rng.choice(PALETTES)
    gradient = Image.linear_gradient("L")
    column = ImageOps.colorize(gradient.resize((1, height)), sky, horizon)
    image = column.resize((width, height), Image.Resampling.NEAREST)
    shades = ImageOps.colorize(gradient.resize((1, HILLS + 1)), horizon, ground)
    canvas = ImageDraw.Draw(image)
    centre = width * rng.uniform(0.2, 0.8), height * rng.uniform(0.2, 0.45)
    canvas.circle(centre, height * rng.uniform(0.06, 0.12), fill=sun)
    for hill in range(1, HILLS + 1):
        slow, fast, phase = rng.uniform(3, 9), rng.uniform(9, 28), rng.uniform(0, tau)
        waves = [0.06 * sin(slow * x / 100 + phase) + 0.025 * sin(fast * x / 100) for x in range(101)]
        line = [(x * width / 100, height * (0.38 + 0.13 * hill + wave)) for x, wave in enumerate(waves)]
        canvas.polygon([(0, height), *line, (width, height)], fill=shades.getpixel((0, hill)))
    return image.reduce(SCALE)


def store_drawings(keys: dict[int, str], avatars: int, seed: int) -> Iterator[tuple[int, Drawing]]:
    """Draw and store images by index and key, those below `avatars` square; raises StorageUnavailable."""

    def store(image: int) -> tuple[int, Drawing]:
        size = SIZES[0 if image < avatars else image % len(SIZES)]
        landscape = draw_landscape(seed * 1_000_003 + image, size)
        full = encode_jpeg(landscape)
        image_files.save_variant(keys[image], "full", full)
        for variant, variant_size in VARIANT_SIZES.items():
            image_files.save_variant(keys[image], variant, encode_webp(landscape, variant_size(landscape.size)))
        return image, (*size, len(full), compute_blurhash(landscape))

    # Encoders release the GIL.
    with ThreadPoolExecutor(os.cpu_count(), "drawing") as pool:
        yield from pool.map(store, keys)
