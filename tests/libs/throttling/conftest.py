"""A process that has counted nobody yet."""

import pytest

from libs.throttling import rate_limits


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    rate_limits.process_counters.clear()
