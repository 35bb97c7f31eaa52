"""The environment file of the staging host is made of SSM parameters, and says the same to systemd and sh."""

import grp
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.config.startup import ROOT

PATH = "/heart-to-heart/staging"


def _write(folder: Path, parameters: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the script with an AWS CLI that knows these parameters; the file is `environment` in the folder."""
    answer = json.dumps([[f"{PATH}/{name}", value] for name, value in parameters.items()])
    (folder / "answer.json").write_text(answer)
    cli = folder / "aws"
    cli.write_text(f'#!/bin/sh\ncase "$*" in *"--path {PATH} --with-decryption"*) cat "{folder}/answer.json" ;; esac\n')
    cli.chmod(0o755)
    (folder / "host.env").write_text(f"AWS_REGION=ap-northeast-2\nSETTINGS_PATH={PATH}\n")
    group = grp.getgrgid(os.getgid()).gr_name
    words = ["--host", str(folder / "host.env"), "--output", str(folder / "environment"), "--group", group]
    return subprocess.run(
        [sys.executable, str(ROOT / "deploy/staging/write_environment.py"), *words],
        env={"PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_values_with_all_kinds_of_signs_reach_the_server_unchanged(tmp_path: Path) -> None:
    values = {
        "SECRET_KEY": 'a"b$HOME`id`\\ #c;',
        "DATABASE_URL": "postgres://heart:p%40ss@db:5432/heart?sslmode=verify-full&sslrootcert=/etc/rds.pem",
        "DEFAULT_FROM_EMAIL": "Heart to Heart <no-reply@heart.example>",
    }
    done = _write(tmp_path, values)
    assert done.returncode == 0, done.stderr
    show = "import os, json; print(json.dumps(dict(os.environ)))"
    script = f"set -a; . {tmp_path}/environment; exec {sys.executable} -c '{show}'"
    read = json.loads(subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True).stdout)
    assert {name: read[name] for name in values} == values
    assert values["SECRET_KEY"] not in done.stdout + done.stderr


def test_only_the_owner_and_the_group_of_the_server_read_the_settings(tmp_path: Path) -> None:
    _write(tmp_path, {"SECRET_KEY": "secret"})
    assert (tmp_path / "environment").stat().st_mode & 0o777 == 0o640


def test_a_value_that_sh_and_systemd_would_misread_leaves_the_former_file(tmp_path: Path) -> None:
    _write(tmp_path, {"SECRET_KEY": "former"})
    for value in ("it's", "two\nlines"):
        done = _write(tmp_path, {"SECRET_KEY": value})
        assert done.returncode == 1
        assert "SECRET_KEY" in done.stderr
        assert value not in done.stderr
    assert (tmp_path / "environment").read_text() == "SECRET_KEY='former'\n"


def test_a_host_without_parameters_is_no_reason_to_start_without_settings(tmp_path: Path) -> None:
    done = _write(tmp_path, {})
    assert done.returncode == 1
    assert f"no parameters below {PATH}" in done.stderr
    assert not (tmp_path / "environment").exists()
