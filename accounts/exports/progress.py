"""The progress of building an export, saved now and then while the job's lease is renewed."""

import time

from accounts.models import Export
from libs.outbox.lease import renew_lease

# How often progress is saved and the lease renewed. Seconds.
SAVE_SECONDS = 1.0


class ExportCancelled(Exception):
    """The member was erased, or the export given up, while it was built."""


class ExportProgress:
    """The number of files written; keeps the job's lease, which ten thousand images outlast."""

    def __init__(self, export: Export, total: int) -> None:
        self.export, self.done, self.total = export, 0, total
        self._saved_at = float("-inf")

    def count_file(self) -> None:
        """Count one more file."""
        self.done += 1
        self.save()

    def save(self) -> None:
        """Save the progress and renew the lease, once in SAVE_SECONDS at most. Raises ExportCancelled or LeaseLost."""
        if time.monotonic() - self._saved_at < SAVE_SECONDS:
            return
        renew_lease()
        # Images that are uploaded meanwhile are exported too.
        if not self.export.save_progress(self.done, max(self.done, self.total)):
            raise ExportCancelled
        self._saved_at = time.monotonic()
