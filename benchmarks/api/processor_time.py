"""Processor time of processes and all their descendants, from /proc (Linux)."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# A server is idle when it has used less than this in a pause. Seconds.
IDLE_SECONDS, PAUSE_SECONDS, PAUSES = 0.02, 0.15, 60


def processor_seconds(pid: int) -> float:
    """Return user and system time of a process, of its descendants, and of those that have ended, in seconds."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # utime, stime, and cutime and cstime of children that were waited for (proc(5)).
    ticks = sum(map(int, words[11:15]))
    children = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in _children(task)]
    return ticks / TICKS + sum(map(_seconds_or_zero, children))


def _children(task: Path) -> list[int]:
    try:
        return [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _seconds_or_zero(pid: int) -> float:
    try:
        return processor_seconds(pid)
    except OSError:
        # It ended meanwhile, and its time is its parent's.
        return 0.0


def wait_until_idle(pids: Iterable[int]) -> None:
    """Return when these processes have finished what they were doing, or after some seconds."""
    pids = [*pids]
    before = sum(map(processor_seconds, pids))
    for _ in range(PAUSES):
        time.sleep(PAUSE_SECONDS)
        after = sum(map(processor_seconds, pids))
        if after - before < IDLE_SECONDS:
            return
        before = after
