"""`manage.py keys`: the token key is replaced in three steps, nobody is logged out, and no key is shown."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Member
from tests.accounts.phone import Phone
from tests.operations.commands import Operator

pytestmark = pytest.mark.django_db


def deploy(operator: Operator, settings: Any, step: str, file: Path) -> str:
    """Run one step, and put what it wrote into the environment."""
    operator.run("keys", "rotate", step, "--file", file)
    line = file.read_text().strip()
    file.unlink()
    settings.JWT_KEYS = line.removeprefix("JWT_KEYS=").split(",")
    return str(settings.JWT_KEYS[0].partition(":")[0])


@pytest.mark.parametrize("algorithm", ["HS256", "EdDSA"])
def test_three_steps_replace_the_key_and_log_nobody_out(
    operator: Operator, settings: Any, tmp_path: Path, mina: Member, algorithm: str
) -> None:
    settings.JWT_ALGORITHM, settings.JWT_KEYS = algorithm, []
    deploy(operator, settings, "add", tmp_path / "keys")
    old, phone = settings.JWT_KEYS[0].partition(":")[0], Phone.of(mina)
    assert deploy(operator, settings, "add", tmp_path / "keys") == old
    new = deploy(operator, settings, "use", tmp_path / "keys")
    assert phone.get("me").status_code == 200
    assert phone.store_tokens(phone.refresh()).status_code == 200
    assert deploy(operator, settings, "retire", tmp_path / "keys") == new
    assert phone.get("me").status_code == 200
    assert operator.run("keys", "list")["verify"] == [new]


def test_the_file_is_for_its_owner_only_and_never_overwritten(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    operator.run("keys", "rotate", "add", "--file", file)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="cannot be written"):
        operator.run("keys", "rotate", "add", "--file", file)


def test_no_key_is_printed_or_recorded(tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.JWT_KEYS = [f"2026-06:{'k' * 40}"]
    file = tmp_path / "keys"
    call_command("keys", "rotate", "add", "--file", str(file))
    call_command("keys", "list")
    output = capsys.readouterr()
    new = file.read_text().strip().rpartition(":")[2]
    assert not any(secret in output.out + output.err for secret in ("k" * 40, new))
    assert "2026-06 signs" in output.out


def test_a_step_that_has_nothing_to_replace_says_where_to_begin(operator: Operator, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="keys rotate add"):
        operator.run("keys", "rotate", "use", "--file", tmp_path / "keys")
