"""The daily tools say what is wrong before they do anything."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _make(*words: str, at: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    made = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=at, env=made | environment, capture_output=True, text=True, check=False)


def _newcomer(tmp_path: Path) -> Path:
    """A clone in which nothing has been made yet."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_a_port_that_is_taken_is_named_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = _make("run", at=_newcomer(tmp_path), PORT=port)
    assert done.returncode != 0
    assert f"Port {port} is taken" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_ipv6_address_can_be_bound(tmp_path: Path) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        port = str(taken.getsockname()[1])
        assert _make("port", at=ROOT, BIND="::1", PORT=port).returncode != 0
    assert [_make("port", at=ROOT, BIND=bind, PORT=port).returncode for bind in ("::1", "[::1]")] == [0, 0]


def test_a_python_that_is_too_old_is_refused_with_a_way_out(tmp_path: Path) -> None:
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = _make("run", at=_newcomer(tmp_path), PYTHON=str(old))
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "PYTHON=python3.13 make run" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_make_alone_tells_what_there_is() -> None:
    done = _make(at=ROOT)
    assert [
        name for name in ("run", "development", "test", "check", "clean") if f"make {name} " not in done.stdout
    ] == []


def test_clean_forgets_the_data_and_keeps_what_is_installed(tmp_path: Path) -> None:
    clone = _newcomer(tmp_path)
    (clone / "var").mkdir()
    (clone / ".venv").mkdir()
    _make("clean", at=clone)
    assert not (clone / "var").exists()
    assert (clone / ".venv").exists()


def test_no_lock_names_the_package_index_it_was_made_with() -> None:
    locks = [*ROOT.glob("requirements*.txt")]
    assert len(locks) >= 4
    assert [at.name for at in locks if re.search("^--|https?://", at.read_text(), re.MULTILINE)] == []


def test_make_lock_locks_every_list_of_requirements() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nlock:")[2].partition("\n\n")[0]
    assert {at.name for at in ROOT.glob("requirements*.in")} == set(re.findall(r"\$\(LOCK\) (\S+)", recipe))
