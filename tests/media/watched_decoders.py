"""What is done for an image file: the decoders started, the pixels decoded, the limits set on a sandbox.

Run as a module it is the sandbox's process, which reports all that as lines of JSON on standard error.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image

from media.processing import sandbox

Event = tuple[str, int]
LIMITS = {getattr(resource, name): name for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE")}


@dataclass
class Decoders:
    """The events of this process, and of each sandbox, in order.

    ("opened", bytes): a decoder was started on so many bytes; ("decoded", pixels): it decoded so many pixels, after
    leaving out those it could; ("RLIMIT_...", limit): a process limited itself.
    """

    here: list[Event] = field(default_factory=list)
    sandboxes: list[list[Event]] = field(default_factory=list)

    @property
    def pixels(self) -> int:
        """How many pixels were decoded, in all processes."""
        return sum(number for events in (self.here, *self.sandboxes) for name, number in events if name == "decoded")


def watch_decoders(monkeypatch: pytest.MonkeyPatch) -> Decoders:
    """What is done for image files until the test ends."""
    seen, run = Decoders(), subprocess.run
    monkeypatch.setattr(Image, "open", reporting_open(lambda *event: seen.here.append(event)))

    def reporting_run(command: list[str], **options: Any) -> Any:
        if sandbox.__name__ not in command:
            return run(command, **options)
        watched = [__name__ if word == sandbox.__name__ else word for word in command]
        done = run(watched, **options | {"stderr": subprocess.PIPE})
        lines = [line for line in done.stderr.splitlines() if line.startswith(b"[")]
        seen.sandboxes.append([(name, number) for name, number in map(json.loads, lines)])
        return done

    monkeypatch.setattr(subprocess, "run", reporting_run)
    return seen


def reporting_open(report: Callable[[str, int], None]) -> Callable[..., Image.Image]:
    """Pillow's `open`, which tells `report` of itself and of the first decoding of each image."""
    pillow_open = Image.open

    def opened(file: Any, *args: Any, **options: Any) -> Image.Image:
        report("opened", len(file.getbuffer()))
        image = pillow_open(file, *args, **options)
        load, before = image.load, list[int]()

        def loaded() -> Any:
            if not before:
                before.append(image.width * image.height)
                report("decoded", before[0])
            return load()

        image.load = loaded  # type: ignore[method-assign]
        return image

    return opened


def main() -> None:
    """Do the sandbox's run_jobs, and report it."""
    set_limit = resource.setrlimit

    def report(name: str, number: int) -> None:
        sys.stderr.write(json.dumps([name, number]) + "\n")
        sys.stderr.flush()

    def reporting_limit(kind: int, limits: tuple[int, int]) -> None:
        set_limit(kind, limits)
        report(LIMITS[kind], limits[0])

    resource.setrlimit = reporting_limit
    Image.open = reporting_open(report)  # type: ignore[assignment]
    sandbox.main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))


if __name__ == "__main__":
    main()
