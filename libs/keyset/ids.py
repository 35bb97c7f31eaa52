"""Ids that tell the order of their making and nothing else."""

import secrets
import time

RANDOM_BITS = 22


def new_id() -> int:
    """A new 63-bit id: 41 bits of milliseconds since 1970 and 22 random bits, so that nobody can guess a neighbour."""
    return time.time_ns() // 1_000_000 << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
