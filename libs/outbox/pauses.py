"""Kinds of jobs that wait because a handler has raised Postponed."""

from datetime import datetime, timedelta

from django.utils import timezone


class Pauses:
    """The paused kinds, for all workers of a process together.

    They are not stored: a process that does not know of a pause learns it from the next job of the kind.
    """

    def __init__(self) -> None:
        self._ends: dict[str, datetime] = {}

    def pause(self, kind: str, delay: timedelta) -> None:
        """Let jobs of this kind wait so long from now."""
        self._ends[kind] = timezone.now() + delay

    def is_paused(self, kind: str) -> bool:
        """Whether jobs of this kind wait."""
        end = self._ends.get(kind)
        return end is not None and timezone.now() < end
