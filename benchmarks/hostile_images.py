"""What each hostile image file costs the server: `python -m benchmarks.hostile_images`.

Each file is processed in a child of its own. Seconds are processor time, that of a sandbox included; memory is what the
child grew by, without the sandbox, which limits its own. The first two rows are good images, to compare with.
"""

import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("VAR_DIR", tempfile.gettempdir())
django.setup()

# Models and settings are there only after Django's setup.
from media.errors import ImageTooManyPixels, NotAnImage  # noqa: E402
from media.processing import pipeline  # noqa: E402
from tests.media import hostile_files  # noqa: E402
from tests.media.sample_images import encoded, four_colours, photograph, uploaded_file  # noqa: E402

CASES: dict[str, Callable[[], bytes]] = {
    "a good JPEG of 12 megapixels": lambda: photograph(4_000, 3_000),
    "a good AVIF of 12 megapixels, in a sandbox": lambda: encoded(four_colours(4_000, 3_000), "AVIF", speed=10),
    **hostile_files.TOO_MANY_PIXELS,
    **hostile_files.REFUSED_IN_A_SANDBOX,
    **hostile_files.REFUSED_BY_A_DECODER,
    **hostile_files.REFUSED_UNDECODED,
    **hostile_files.HARMLESS,
}
# getrusage(2) counts memory in kilobytes on Linux, in bytes elsewhere.
MAXRSS_BYTES = 1024 if sys.platform == "linux" else 1


def measure(data: bytes) -> tuple[str, float, int]:
    """Process a file in a child; return the outcome, the seconds and the bytes of memory."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, json.dumps(_process(data)).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as result:
        outcome, seconds, memory = json.loads(result.read())
    os.waitpid(child, 0)
    return outcome, seconds, memory


def _process(data: bytes) -> tuple[str, float, int]:
    file, before = uploaded_file(data), resource.getrusage(resource.RUSAGE_SELF)
    try:
        pipeline.process_image(file)
        outcome = "accepted"
    except (NotAnImage, ImageTooManyPixels) as refusal:
        outcome = refusal.default_code
    after, sandbox = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime + sandbox.ru_utime + sandbox.ru_stime
    return outcome, seconds, (after.ru_maxrss - before.ru_maxrss) * MAXRSS_BYTES


def main() -> None:
    """Print a row for each file."""
    for name, make in CASES.items():
        data = make()
        outcome, seconds, memory = measure(data)
        sizes = f"{len(data) / 1e6:7.2f} MB  {seconds:6.3f} s  {memory / 1e6:6.1f} MB"
        print(f"{name:48}{sizes}  {outcome}", flush=True)


if __name__ == "__main__":
    main()
