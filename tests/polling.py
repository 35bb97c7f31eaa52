"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def wait_until(
    condition: Callable[[], Result], seconds: float = 60, *, retry_on: tuple[type[Exception], ...] = ()
) -> Result:
    """Call `condition` until its result is true, and return that result.

    An exception of the types in `retry_on` counts as "not yet". Raises AssertionError when `seconds` have passed, which
    are generous, since a busy machine may be slow: nobody waits longer than the condition takes.
    """
    deadline = time.monotonic() + seconds
    while True:
        fault: Exception | None = None
        try:
            if result := condition():
                return result
        except retry_on as error:
            fault = error
        if time.monotonic() > deadline:
            raise AssertionError(f"still not the case after {seconds} seconds") from fault
        time.sleep(0.02)
