"""A handler that stops where a test wants to meet its process, and leaves traces of what it did."""

import os
from pathlib import Path
from typing import Any

from libs.outbox.registry import handles
from tests.polling import wait_until


@handles("slow.email")
def send_email(payload: dict[str, Any]) -> None:
    """Write one file named after the letter, which a second run finds; stand still where a sign says so."""
    folder = Path(os.environ["SLOW_JOBS_DIR"])
    with (folder / "runs").open("a") as runs:
        runs.write(f"{os.getpid()}\n")
    _stand_still(folder, "before")
    email = folder / f"email-{payload['id']}"
    if not email.exists():
        email.touch()
        with (folder / "sent").open("a") as sent:
            sent.write("sent\n")
    _stand_still(folder, "after")


def _stand_still(folder: Path, moment: str) -> None:
    sign = folder / f"block-{moment}"
    if sign.exists():
        (folder / "blocked").touch()
    # Two minutes are longer than the test lives, so a worker that nobody kills ends by itself.
    wait_until(lambda: not sign.exists(), seconds=120)
