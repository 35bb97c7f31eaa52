"""CleanupRun: when each clean-up task last ran, for the metrics of a server that outlives the command."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone


class CleanupRunManager(models.Manager["CleanupRun"]):
    """Stores runs; two clean-ups at once overwrite each other's, which are of the same minute."""

    def record(self, task: str, *, rows: int | None, seconds: float) -> None:
        """Store the end of a run; `rows` is None for one that failed."""
        now = timezone.now()
        fields: dict[str, Any] = {"finished_at": now, "seconds": seconds}
        if rows is not None:
            fields |= {"rows": rows, "succeeded_at": now}
        self.update_or_create(task=task, defaults=fields)

    def is_overdue(self, task: str, limit: timedelta) -> bool:
        """Return whether the task has not succeeded for so long, or ever."""
        return not self.filter(task=task, succeeded_at__gte=timezone.now() - limit).exists()


class CleanupRun(models.Model):
    """The last run of one clean-up task."""

    task = models.CharField(max_length=40, unique=True)
    finished_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
    # What the last run that succeeded dealt with.
    rows = models.PositiveIntegerField(default=0)
    seconds = models.FloatField()

    objects = CleanupRunManager()

    def __str__(self) -> str:
        return self.task
