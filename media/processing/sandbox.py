"""A child process for decoders whose cost and safety cannot be judged by the file: AVIF and HEIC.

The child gets no secrets, cannot read those of its parent and writes no files. Its memory and time are limited by the
size that the file claims, by hard limits, which it cannot raise either. So a false claim, an endless loop or a crash
ends the child and nothing else. Starting it takes about 80 ms.
"""

import os
import resource
import struct
import subprocess
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE

from PIL import Image

from libs.process_memory import hide_memory
from media.formats.isobmff import parse_isobmff
from media.formats.parsed_image import InvalidImage, ParsedImage, TooManyPixels
from media.processing.decoding import ProcessedImage, open_image, reencode

FORMATS = {"AVIF", "HEIC"}
# Memory for reading the boxes, and for each pixel: 10 bits in YUV and RGB and a copy. Bytes.
BASE_BYTES, BYTES_PER_PIXEL = 67_108_864, 20
# CPU time for reading the boxes, and for the pixels; a HEIC of 12 megapixels takes about one second. Seconds.
BASE_SECONDS, PIXELS_PER_SECOND = 2, 8_000_000
# Wall-clock time, which only an overloaded machine uses up. Seconds.
TIMEOUT = 30
EXIT_TOO_MANY_PIXELS = 3
# Open files: three pipes, and a few while decoders are loaded. A number.
MAX_FILES = 32
# The user without rights, by the number that it has on every Linux.
NOBODY = 65_534
# Linux tells here how many pages this process has reserved.
STATM = Path("/proc/self/statm")
PROJECT_ROOT = str(Path(__file__).resolve().parents[2])
# One malloc arena for all threads: each arena would reserve 64 MB of the allowed memory.
ENVIRONMENT = {"PYTHONPATH": PROJECT_ROOT, "MALLOC_ARENA_MAX": "1"}


def process_in_sandbox(parsed: ParsedImage, max_pixels: int, longest_side: int) -> ProcessedImage:
    """Open and re-encode the image in a child.

    Raises TooManyPixels, TimeoutExpired when the machine had no time for the child, or InvalidImage.
    """
    hide_memory()
    command = [sys.executable, "-m", __name__, parsed.format, str(max_pixels), str(longest_side)]
    child = subprocess.run(
        command, input=parsed.data, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT, timeout=TIMEOUT, check=False
    )
    if child.returncode == EXIT_TOO_MANY_PIXELS:
        raise TooManyPixels
    if child.returncode or len(child.stdout) <= 8:
        raise InvalidImage(f"decoder ended with {child.returncode}")
    return ProcessedImage(child.stdout[8:], *struct.unpack_from(">II", child.stdout))


def main(format_name: str, max_pixels: int, longest_side: int) -> None:
    """Run in the child: read a file from standard input, write width, height and the JPEG to standard output."""
    _become_nobody()
    data = sys.stdin.buffer.read()
    _set_limits(resource.RLIMIT_FSIZE, 0)
    _set_limits(resource.RLIMIT_NOFILE, MAX_FILES)
    _limit_resources(pixels=0, pixels_later=max_pixels)
    try:
        image, parsed = open_image(parse_isobmff(format_name, data), max_pixels)
    except TooManyPixels:
        sys.exit(EXIT_TOO_MANY_PIXELS)
    _limit_resources(parsed.pixels)
    processed = reencode(image, parsed, longest_side)
    sys.stdout.buffer.write(struct.pack(">II", processed.width, processed.height) + processed.data)


def _become_nobody() -> None:
    """Give up the rights of root, where the server runs as root: they reach the memory of every process."""
    if os.geteuid() == 0:
        # Decoders are found by imports, which may not be allowed afterwards.
        Image.init()
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def _limit_resources(pixels: int, pixels_later: int = 0) -> None:
    """Limit the memory that this process may take from now on, and its CPU time.

    The limits can be raised once more, to what `pixels_later` need.
    """
    if STATM.exists():
        used = int(STATM.read_text().split()[0]) * resource.getpagesize()
        later = BASE_BYTES + BYTES_PER_PIXEL * pixels_later if pixels_later else 0
        _set_limits(resource.RLIMIT_AS, used + BASE_BYTES + BYTES_PER_PIXEL * pixels, later)
    seconds = BASE_SECONDS + -(-pixels // PIXELS_PER_SECOND)
    _set_limits(resource.RLIMIT_CPU, seconds, -(-pixels_later // PIXELS_PER_SECOND))


def _set_limits(kind: int, limit: int, later: int = 0) -> None:
    """Set a limit, and as the hard one, which this process cannot raise any more, by how much it may grow later."""
    _, hard = resource.getrlimit(kind)
    new_hard = limit + later if hard == resource.RLIM_INFINITY else min(limit + later, hard)
    resource.setrlimit(kind, (min(limit, new_hard), new_hard))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
