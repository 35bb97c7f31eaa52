"""A decoder that somebody has taken over cannot raise the limits of its sandbox."""

import json
import subprocess
import sys

import pytest

from media.processing import sandbox
from tests.media.sample_images import encoded, four_colours

pytestmark = pytest.mark.one_leg
# The sandbox with a decoder that tells the limits and tries to raise them, when it is started and when it decodes.
PROGRAM = """
import json, resource, sys
from PIL import Image
from media.processing import sandbox

def attack():
    limits = {}
    for name in ("RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CPU", "RLIMIT_AS"):
        kind = getattr(resource, name)
        soft, hard = limits[name] = resource.getrlimit(kind)
        try:
            resource.setrlimit(kind, (hard + 1, hard + 1))
        except (OSError, ValueError):
            continue
        limits[name] = "raised"
    print(json.dumps(limits), file=sys.stderr)

def hostile_open(*args, **options):
    attack()
    image = pillow_open(*args, **options)
    load = image.load
    image.load = lambda: (attack(), load())[1]
    return image

pillow_open, Image.open = Image.open, hostile_open
sandbox.main("AVIF", 40_000_000, 1000)
"""


def test_a_hostile_decoder_cannot_raise_the_limits_of_its_sandbox() -> None:
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=encoded(four_colours(2_000, 1_500), "AVIF", speed=10),
        capture_output=True,
        env=sandbox.ENVIRONMENT | {"PYTHONPATH": sandbox.PROJECT_ROOT},
        check=True,
    )
    opened, decoding, *_ = [json.loads(line) for line in child.stderr.splitlines()]
    assert opened["RLIMIT_FSIZE"] == decoding["RLIMIT_FSIZE"] == [0, 0]
    assert opened["RLIMIT_NOFILE"] == decoding["RLIMIT_NOFILE"] == [sandbox.MAX_FILES] * 2
    assert (opened["RLIMIT_CPU"], decoding["RLIMIT_CPU"]) == ([2, 7], [3, 3])
    if sandbox.STATM.exists():
        soft, hard = opened["RLIMIT_AS"]
        assert hard - soft == sandbox.BASE_BYTES + 40_000_000 * sandbox.BYTES_PER_PIXEL
        assert decoding["RLIMIT_AS"][0] == decoding["RLIMIT_AS"][1] < hard
