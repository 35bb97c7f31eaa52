"""A running server for clients that are generated from docs/openapi.yaml."""

from collections.abc import Iterator

import pytest

from tests.demo_server import demo_server
from tests.server_process import ROOT, ServerProcess

DESCRIPTION = ROOT / "docs/openapi.yaml"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with demo data."""
    with demo_server(tmp_path_factory.mktemp("server")) as server:
        yield server
