"""Protection of a process's memory and environment from other processes of the same user."""

import ctypes
import sys

# prctl(2) of Linux.
PR_SET_DUMPABLE = 4


def hide_memory() -> None:
    """Make /proc/<pid>/environ and mem of this process unreadable, for children that it forks from now on too.

    Without this, a decoder that a hostile image has taken over could read the server's secrets there. It also turns
    core dumps off. Does nothing outside of Linux; a process of root can read all the same.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
