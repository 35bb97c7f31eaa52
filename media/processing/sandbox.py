"""A process apart for decoders whose cost and safety a look at the file cannot promise: AVIF and HEIC.

The child knows no secret, writes no file, and may spend memory and time by what the file says it holds. A lie, an
endless loop or a crash ends the child and nothing else. Starting it costs about 80 ms.
"""

import resource
import struct
import subprocess
import sys
from pathlib import Path

from media.formats.parsed_image import InvalidImage, ParsedImage, TooManyPixels
from media.processing.decoding import ProcessedImage, open_image, reencode

FORMATS = {"AVIF", "HEIC"}
# What reading the boxes may take, and what each pixel may take on top: 10 bits in YUV and RGB and a copy. Bytes.
FREE_BYTES, BYTES_FOR_A_PIXEL = 67_108_864, 20
# The same in time: a 12-megapixel HEIC takes about one second. Seconds, and pixels.
FREE_SECONDS, PIXELS_FOR_A_SECOND = 2, 8_000_000
# Nothing takes so long unless the machine is lost. Seconds.
PATIENCE = 30
TOO_MANY_PIXELS = 3
# What this process has reserved, in pages; not every system tells.
STATM = Path("/proc/self/statm")
HOME = str(Path(__file__).resolve().parents[2])


def process_in_sandbox(parts: ParsedImage, max_pixels: int, longest_side: int) -> ProcessedImage:
    """As `decoding.reencode`, in a child; raises TooManyPixels, and InvalidImage for whatever else ends the child."""
    command = [sys.executable, "-m", __name__, parts.format, str(max_pixels), str(longest_side)]
    # One arena for all threads, or each would reserve 64 MB of the memory allowed.
    env = {"PYTHONPATH": HOME, "MALLOC_ARENA_MAX": "1"}
    try:
        child = subprocess.run(
            command,
            input=parts.data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise InvalidImage("Its decoder did not come to an end.") from fault
    if child.returncode == TOO_MANY_PIXELS:
        raise TooManyPixels
    if child.returncode or len(child.stdout) <= 8:
        raise InvalidImage(f"Its decoder ended with {child.returncode}.")
    return ProcessedImage(child.stdout[8:], *struct.unpack_from(">II", child.stdout))


def main(kind: str, max_pixels: int, longest_side: int) -> None:
    """In the child: a picture on standard input, width, height and JPEG on standard output."""
    data = sys.stdin.buffer.read()
    _soften(resource.RLIMIT_FSIZE, 0)
    _allow(pixels=0)
    try:
        image, parts = open_image(ParsedImage(kind, data), max_pixels)
    except TooManyPixels:
        sys.exit(TOO_MANY_PIXELS)
    _allow(parts.pixels)
    finished = reencode(image, parts.orientation, longest_side)
    sys.stdout.buffer.write(struct.pack(">II", finished.width, finished.height) + finished.data)


def _allow(pixels: int) -> None:
    """Bound what this process may take from now on."""
    if STATM.exists():
        used = int(STATM.read_text().split()[0]) * resource.getpagesize()
        _soften(resource.RLIMIT_AS, used + FREE_BYTES + BYTES_FOR_A_PIXEL * pixels)
    _soften(resource.RLIMIT_CPU, FREE_SECONDS + -(-pixels // PIXELS_FOR_A_SECOND))


def _soften(kind: int, limit: int) -> None:
    """Set the soft limit, which may be raised again, within the hard one."""
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
