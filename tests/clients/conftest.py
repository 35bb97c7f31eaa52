"""A running server for clients that others have made of docs/openapi.yaml."""

from collections.abc import Iterator

import pytest

from tests.demo_server import demo_server
from tests.server_process import ROOT, ServerProcess

DESCRIPTION = ROOT / "docs/openapi.yaml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with demo data, shared by the tests of one file."""
    with demo_server(tmp_path_factory.mktemp("served")) as here:
        yield here
