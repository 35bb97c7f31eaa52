"""Ids in time order."""

import secrets
import time
from datetime import datetime

RANDOM_BITS = 22


def new_id() -> int:
    """Return a new 63-bit id: 41 bits of milliseconds since 1970 and 22 random bits, so that ids cannot be guessed."""
    return time.time_ns() // 1_000_000 << RANDOM_BITS | secrets.randbits(RANDOM_BITS)


def first_id_at(moment: datetime) -> int:
    """Return the smallest id that could be made at this time: those of records made before are smaller."""
    return int(moment.timestamp() * 1_000) << RANDOM_BITS
