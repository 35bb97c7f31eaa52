"""Lets a sandbox write what `make coverage` has measured in it; Python imports this at the start of each.

The sandbox allows itself neither files nor much memory. Coverage started before this, so it writes afterwards.
"""

import atexit
from resource import RLIMIT_AS, RLIMIT_FSIZE, getrlimit, setrlimit


@atexit.register
def _lift_limits() -> None:
    for kind in (RLIMIT_AS, RLIMIT_FSIZE):
        _, hard = getrlimit(kind)
        setrlimit(kind, (hard, hard))
