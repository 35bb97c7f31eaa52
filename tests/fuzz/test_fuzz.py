"""What a machine that knows the description only can find, in about a minute; `make fuzz` looks for longer."""

from collections.abc import Iterator

import pytest

from tests.demo_server import demo_server
from tests.fuzz.run import LENIENT, fuzz
from tests.server_process import ServerProcess

pytestmark = pytest.mark.slow
# Cases made for one operation beside those that cover its schema, which alone are more than a thousand.
EXAMPLES = 3
# The same cases at each run, so that a change is what makes it fail; `make fuzz` draws new ones.
SEED = 20_261_124


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with demo_server(tmp_path_factory.mktemp("fuzzed"), LENIENT) as here:
        yield here


# Most requests of a stranger are refused before there is anything to read or write; `make fuzz` has both on both legs.
STRANGER = pytest.param(False, id="stranger", marks=pytest.mark.one_leg)


@pytest.mark.parametrize("as_member", [STRANGER, pytest.param(True, id="member")])
def test_a_thousand_odd_requests_find_nothing_undescribed(server: ServerProcess, as_member: bool) -> None:
    found = fuzz(server, examples=EXAMPLES, as_member=as_member, seed=SEED)
    assert found.failures == 0, found.output
    assert found.cases >= 1_000, found.output
