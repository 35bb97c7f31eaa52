"""The types that openapi-typescript generates from docs/openapi.yaml, under tsc --strict and on a running server."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.build_cache import built
from tests.clients.conftest import DESCRIPTION
from tests.factories import picture_bytes
from tests.server_process import ServerProcess

SOURCES = Path(__file__).parent / "typescript"
PACKAGES = ("package.json", "package-lock.json")
pytestmark = [
    pytest.mark.one_leg,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("npm"), reason="needs Node and npm, which are not installed here"),
]


def goes_well(*command: str | Path, folder: Path) -> bool:
    """Run a tool; fail with its output if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return True


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the locked packages and freshly generated types in it."""
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("package.json", "story.ts"):
        shutil.copy(SOURCES / name, folder)
    packages = built("node-packages", [SOURCES / name for name in PACKAGES], _install)
    (folder / "node_modules").symlink_to(packages / "node_modules")
    types = ("--output", "heart-to-heart.ts", "--default-non-nullable", "false")
    assert goes_well("node_modules/.bin/openapi-typescript", DESCRIPTION, *types, folder=folder)
    return folder


def _install(folder: Path) -> None:
    for name in PACKAGES:
        shutil.copy(SOURCES / name, folder)
    goes_well("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)


def test_a_web_client_compiles_and_joins_publishes_reads_and_renews(client: Path, server: ServerProcess) -> None:
    strict = ("--strict", "--target", "es2022", "--module", "nodenext", "--types", "node", "--skipLibCheck")
    assert goes_well("node_modules/.bin/tsc", *strict, "story.ts", folder=client)
    picture = client / "photo.jpg"
    picture.write_bytes(picture_bytes())
    assert goes_well("node", "story.js", server.url, server.mail, picture, folder=client)
