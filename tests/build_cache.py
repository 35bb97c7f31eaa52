"""Output of slow tools, stored in var/test-builds from one run of the tests to the next."""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

BUILDS = Path(__file__).resolve().parents[1] / "var/test-builds"


def built(name: str, sources: Iterable[Path], build: Callable[[Path], object]) -> Path:
    """Return the folder that `build` has filled; it is filled anew when the contents of a source have changed.

    `build` gets an empty folder. Other test processes wait for the first one.
    """
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    folder = BUILDS / f"{name}-{digest}"
    BUILDS.mkdir(parents=True, exist_ok=True)
    with (BUILDS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for outdated in BUILDS.glob(f"{name}-*"):
                shutil.rmtree(outdated)
            unfinished = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=BUILDS))
            build(unfinished)
            unfinished.rename(folder)
    return folder
