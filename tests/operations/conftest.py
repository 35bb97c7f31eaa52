"""An operator."""

import pytest

from tests.operations.commands import Operator


@pytest.fixture
def operator(capsys: pytest.CaptureFixture[str]) -> Operator:
    """Somebody at the command line."""
    return Operator(capsys)
