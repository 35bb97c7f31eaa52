"""The typed Python client that openapi-python-client generates from docs/openapi.yaml, used on a running server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build_cache import built
from tests.clients.conftest import DESCRIPTION
from tests.factories import picture_bytes
from tests.server_process import ROOT, ServerProcess

pytestmark = pytest.mark.slow
STORY, CONFIG = (Path(__file__).parent / "python" / name for name in ("story.py", "client.yaml"))
TOOLS = Path(sys.executable).parent


def goes_well(*command: str | Path, folder: Path) -> bool:
    """Run a tool where the generated client can be imported; fail with its output if it fails."""
    paths = {"PATH": f"{TOOLS}:{os.environ['PATH']}", "PYTHONPATH": str(folder), "MYPYPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=paths, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return True


@pytest.fixture(scope="module")
def client() -> Path:
    """The folder of the generated client, in whose making there was no warning; mypy's cache lies there too."""
    return built("python-client", [DESCRIPTION, CONFIG, ROOT / "requirements-dev.txt"], _generate)


def _generate(folder: Path) -> None:
    command = ("openapi-python-client", "generate", "--path", DESCRIPTION, "--meta", "none", "--fail-on-warning")
    goes_well(*command, "--config", CONFIG, "--output-path", folder / "heart_to_heart", folder=folder)


@pytest.mark.one_leg
def test_mypy_finds_every_answer_of_the_type_it_is_used_as(client: Path) -> None:
    strict = ("mypy", "--strict", "--config-file", os.devnull, "--cache-dir", client / "cache", "--no-error-summary")
    assert goes_well(*strict, STORY, folder=client)


def test_a_generated_client_joins_publishes_reads_fails_and_renews(
    client: Path, server: ServerProcess, tmp_path: Path
) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(picture_bytes())
    assert goes_well(sys.executable, STORY, server.url, server.mail, picture, folder=client)


def test_the_server_stands_on_what_the_run_stands_on(server: ServerProcess) -> None:
    shared = {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys()
    assert (server.var / "db.sqlite3").exists() is not shared
    assert (server.var / "log").read_text().count("Booting worker") == (2 if shared else 1)
