"""How long a job that failed waits for its next try."""

import random
from datetime import timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=1)


def backoff(attempts: int) -> timedelta:
    """The wait after so many tries: 5 s, doubled each time, an hour at most, of which the last half is chance.

    The chance spreads jobs that failed together, so that they do not come back together; the fixed half keeps each
    wait at least as long as the one before.
    """
    # Above twenty doublings the number only grows too large for a timedelta.
    whole = min(FIRST * (1 << min(attempts - 1, 20)), LONGEST)
    return whole * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing
