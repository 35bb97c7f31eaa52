"""Processor time and memory of processes and all their descendants, from /proc (Linux)."""

import os
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# A server is idle when it has used less than this in a pause. Seconds.
IDLE_SECONDS, PAUSE_SECONDS, PAUSES = 0.02, 0.15, 60


def processor_seconds(pid: int) -> float:
    """Return user and system time of a process, of its descendants, and of those that have ended, in seconds."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # utime, stime, and cutime and cstime of children that were waited for (proc(5)).
    ticks = sum(map(int, words[11:15]))
    return ticks / TICKS + sum(map(_seconds_or_zero, _children(pid)))


def memory_bytes(pid: int) -> int:
    """Return the resident memory of a process and its descendants; what they share is counted for each of them."""
    words = re.findall(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return sum(int(word) * 1024 for word in words) + sum(map(memory_bytes, _children(pid)))


def _children(pid: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            children += map(int, (task / "children").read_text().split())
    return children


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
