"""A handler that pauses or postpones where a test tells it to, and writes traces of what it did."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from libs.outbox.errors import Postponed
from libs.outbox.registry import handles
from tests.polling import wait_until


@handles("slow.email")
def send_email(payload: dict[str, Any]) -> None:
    """Write a file named after the payload, which a second run finds; pause before or after on demand."""
    folder = Path(os.environ["SLOW_JOBS_DIR"])
    with (folder / "runs").open("a") as runs:
        runs.write(f"{os.getpid()}\n")
    _pause(folder, "before")
    if (folder / "postpone").exists():
        raise Postponed("too many today", timedelta(hours=1))
    email = folder / f"email-{payload['id']}"
    if not email.exists():
        email.touch()
        with (folder / "sent").open("a") as sent:
            sent.write("sent\n")
    _pause(folder, "after")


def _pause(folder: Path, moment: str) -> None:
    block = folder / f"block-{moment}"
    if block.exists():
        (folder / "blocked").touch()
    # Two minutes are longer than any test, so a worker that is not killed ends by itself.
    wait_until(lambda: not block.exists(), seconds=120)
