"""Empty counters for each test."""

import pytest

from libs.throttling import rate_limits


@pytest.fixture(autouse=True)
def _empty_counters() -> None:
    rate_limits.process_counters.clear()
