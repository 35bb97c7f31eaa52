"""The delay before a failed job is tried again."""

import random
from datetime import timedelta

FIRST_DELAY = timedelta(seconds=5)
MAX_DELAY = timedelta(hours=1)


def backoff(attempts: int) -> timedelta:
    """Return the delay after this many attempts: 5 s, doubled each time up to an hour, of which half is random.

    The random half spreads jobs that failed together. The fixed half keeps each delay as long as the one before.
    """
    # More than twenty doublings would overflow a timedelta.
    delay = min(FIRST_DELAY * (1 << min(attempts - 1, 20)), MAX_DELAY)
    return delay * random.uniform(0.5, 1)  # noqa: S311 - spreads load, protects nothing
