"""A running server for clients that others have made of docs/openapi.yaml."""

from collections.abc import Iterator

import pytest

from tests.served import ROOT, Served, served

DESCRIPTION = ROOT / "docs/openapi.yaml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a hamlet in it, shared by the tests of one file."""
    with served(tmp_path_factory.mktemp("served")) as here:
        yield here
