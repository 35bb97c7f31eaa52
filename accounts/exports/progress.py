"""How far the making of an export has come, and that it is still wanted and still ours to make."""

import time

from accounts.models import Export
from libs.outbox.lease import renew_lease

# How often it is written down and the lease renewed. Seconds.
BEAT_SECONDS = 1.0


class Unwanted(Exception):
    """The member was erased, or the export given up, while it was made."""


class Progress:
    """Counts files, and keeps the job's lease: ten thousand pictures take longer than one."""

    def __init__(self, export: Export, total: int) -> None:
        self.export, self.done, self.total = export, 0, total
        self._beaten = float("-inf")

    def step(self) -> None:
        """One file more."""
        self.done += 1
        self.beat()

    def beat(self) -> None:
        """Write it down, once in BEAT_SECONDS at most. Raises Unwanted, or LeaseLost."""
        if time.monotonic() - self._beaten < BEAT_SECONDS:
            return
        renew_lease()
        # Pictures that come meanwhile are packed too.
        if not self.export.note(self.done, max(self.done, self.total)):
            raise Unwanted
        self._beaten = time.monotonic()
