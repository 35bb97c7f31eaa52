"""What README.md tells a newcomer to type does what it says."""

import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo_server import demo_server
from tests.server_process import ROOT, ServerProcess

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server as `make run` starts one, with its files in `var` of tmp_path."""
    (tmp_path / "var").mkdir()
    with demo_server(tmp_path / "var") as here:
        yield here


def test_the_lines_of_the_readme_join_and_publish_two_pictures(server: ServerProcess, tmp_path: Path) -> None:
    (lines,) = re.findall(r"^```bash\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    typed = lines.replace("http://127.0.0.1:8000", server.url)
    done = subprocess.run(["bash", "-c", typed], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    published, _, page = done.stdout.partition("{\n")
    (post,) = json.loads("{" + page)["results"]
    assert (post["text"], post["author"]["nickname"], len(post["images"])) == ("My first post.", "Newcomer", 2)
    assert json.loads(published)["id"] == post["id"]
    for image in post["images"]:
        with urllib.request.urlopen(image["urls"]["full"], timeout=10) as picture:  # noqa: S310 - the server above
            assert picture.headers["Content-Type"] == "image/jpeg"


def test_the_two_commands_of_the_readme_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"^    make (\w+)$", README, re.MULTILINE)
    assert commands == ["run", "test"]
    assert all(re.search(rf"^{command}:", makefile, re.MULTILINE) for command in commands)
