"""What README.md tells a newcomer to type does what it says."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Enough of a town to have two pictures in it.
HAMLET = ["--members", "3", "--posts", "9", "--blocks", "0", "--pictures", "4"]
# How long a server may take to come up. Seconds.
PATIENCE = 60


def _environment(folder: Path, port: int) -> dict[str, str]:
    """What `make run` runs in, with a port and a folder of this test's own."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"PORT": str(port), "VAR_DIR": str(folder / "var"), "OUTBOX_THREAD": "on"}
    return inherited | own | {"DJANGO_SETTINGS_MODULE": "config.settings"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a server as `make run` starts one, with a hamlet in it and its data in `var` of tmp_path."""
    port = _free_port()
    environment = _environment(tmp_path, port)
    for command in (["migrate", "--verbosity", "0"], ["seed", "--if-empty", *HAMLET]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(gunicorn, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_ready(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(PATIENCE)


def test_the_lines_of_the_readme_join_and_publish_two_pictures(port: int, tmp_path: Path) -> None:
    (lines,) = re.findall(r"^```bash\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    typed = lines.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
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
