"""The server's configuration, with workers that are never replaced and write down their memory on a signal."""

import gc
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from config.gunicorn import *  # noqa: F403
from config.gunicorn import post_worker_init as _post_worker_init

# A worker that is replaced would hide a leak.
max_requests = 0
MEASURE = signal.SIGRTMIN


def post_worker_init(worker: Any) -> None:  # type: ignore[no-redef]
    """Prepare a worker as usual, and have it measure its memory on each MEASURE (gunicorn hook)."""
    _post_worker_init(worker)
    signal.signal(MEASURE, lambda number, frame: write_memory())


def write_memory() -> None:
    """Write to a file how many objects and bytes there are without garbage.

    An object is a block of Python's allocator.
    """
    gc.collect()
    parts = re.findall(r"^Pss: +(\d+) kB", Path("/proc/self/smaps_rollup").read_text(), re.MULTILINE)
    memory = {"objects": sys.getallocatedblocks(), "bytes": 1024 * sum(map(int, parts))}
    file = Path(settings.VAR_DIR) / f"memory-{os.getpid()}"
    file.with_suffix(".part").write_text(json.dumps(memory))
    file.with_suffix(".part").replace(file)
