"""A process that has counted nobody yet."""

import pytest

from throttling import rates


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    rates.here.clear()
