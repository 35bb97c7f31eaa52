"""Pictures for a town that has no photographs: a sky, a sun and hills, the same for the same number."""

import random
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw, ImageOps

# Sky at the top, sky at the horizon, sun, and the nearest hill.
PALETTES = [
    ("#1b2a6b", "#f7b267", "#ffe8a3", "#2b2d42"),
    ("#4aa3df", "#d8f0ff", "#fff3c4", "#2f6b3c"),
    ("#3d1e6d", "#ff6f91", "#ffd6a5", "#231942"),
    ("#0f4c5c", "#e36414", "#fb8b24", "#1d2a30"),
    ("#a2d2ff", "#ffc8dd", "#fffdf2", "#5e548e"),
]
HILLS = 4


def draw(seed: int, size: tuple[int, int] = (960, 720)) -> bytes:
    """A JPEG of a landscape, of the given width and height in pixels."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret hangs on a landscape
    top, horizon, sun, near = chance.choice(PALETTES)
    picture = ImageOps.colorize(Image.linear_gradient("L").resize(size), top, horizon)
    _draw_sun(picture, chance, sun)
    for number in range(HILLS):
        _draw_hill(picture, chance, number, horizon, near)
    out = BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def _draw_sun(picture: Image.Image, chance: random.Random, colour: str) -> None:
    width, height = picture.size
    radius = round(height * chance.uniform(0.06, 0.12))
    x, y = round(width * chance.uniform(0.2, 0.8)), round(height * chance.uniform(0.2, 0.5))
    ImageDraw.Draw(picture).ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _draw_hill(picture: Image.Image, chance: random.Random, number: int, far: str, near: str) -> None:
    """One row of hills; the nearer, the lower and the darker."""
    width, height = picture.size
    line = height * (0.5 + 0.12 * number)
    steps = [(width * step / 8, line + chance.uniform(-0.1, 0.1) * height) for step in range(9)]
    shade = ImageOps.colorize(Image.new("L", (1, 1), 255 * (number + 1) // HILLS), far, near).getpixel((0, 0))
    ImageDraw.Draw(picture).polygon([(0, height), *_smooth(steps), (width, height)], fill=shade)


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same line with its corners cut, three times (Chaikin)."""
    for _ in range(3):
        cut = [
            (a[0] * weight + b[0] * (1 - weight), a[1] * weight + b[1] * (1 - weight))
            for a, b in pairwise(points)
            for weight in (0.75, 0.25)
        ]
        points = [points[0], *cut, points[-1]]
    return points
