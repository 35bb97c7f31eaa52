"""The option of the drills, and a server for each of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.demo_server import demo_server
from tests.server_process import ServerProcess

StartServer = Callable[..., ServerProcess]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the number of requests after which memory is measured."""
    parser.addoption(
        "--memory-requests", type=int, default=12_000, help="requests of the drill of memory, after the warm-up"
    )


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts a server on PostgreSQL and Redis with these settings, without rate limits and outbox workers."""
    with ExitStack() as stack:

        def start(**settings: str) -> ServerProcess:
            common = {"RATE_LIMITS": "off", "OUTBOX_THREAD": "off"}
            return stack.enter_context(demo_server(tmp_path, common | settings))

        yield start
