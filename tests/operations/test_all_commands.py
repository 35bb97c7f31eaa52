"""Every command of ours answers with one JSON object and an exit code that the documents name."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from accounts.models import Member
from libs.commands.base import OperatorCommand, OperatorCommandGroup, Subcommand
from moderation.models import Decision, Report
from moderation.reporting import report_post
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
# These run for as long as a server, or begin one.
PROCESSES = {"run_outbox", "prepare_local"}
# One run of each command on a nearly empty database. "@" is Mina, "#" the report of her post, "%" a new file.
RUNS = {
    "cleanup": (0, ""),
    "doctor": (None, ""),
    "outbox status": (0, ""),
    "outbox retry": (2, "--yes"),
    "outbox drain": (2, "--kind accounts.mail_event"),
    "outbox drop": (2, "--kind accounts.mail_event --yes"),
    "report list": (0, ""),
    "report decide": (0, "# dismiss_report --reason no_violation"),
    "member find": (2, "nobody"),
    "member show": (0, "@"),
    "member create": (0, "new@example.com --name New --nickname New"),
    "member suspend": (0, "@ --days 7 --reason spam"),
    "member lift": (0, "@"),
    "member reset-password": (0, "@"),
    "member export": (0, "@"),
    "member set-role": (0, "@ auditor"),
    "member reset-second-factor": (2, "@"),
    "member end-sessions": (2, "--all --yes"),
    "member erase": (0, "@ --yes"),
    "index_tags": (2, ""),
    "recount": (2, ""),
    "images usage": (0, ""),
    "images orphans": (None, ""),
    "images rebuild": (2, ""),
    "limits show": (None, "--email nobody@example.com"),
    "limits clear": (None, "--email nobody@example.com"),
    "keys list": (0, ""),
    "keys rotate": (0, "add --file %"),
    "stats": (0, "--days 2"),
    "send_test_email": (0, "nobody@example.com"),
    "switch list": (0, ""),
    "switch set": (2, "posting on"),
    "android_logins": (2, ""),
    "seed": (0, "--if-empty"),
}


def commands() -> Iterator[tuple[str, Subcommand | None]]:
    """Each command of ours, or each of its subcommands with what it declares."""
    packages = {at.parent.name for at in ROOT.glob("*/__init__.py")}
    for name, app in get_commands().items():
        if str(app).split(".")[0] in packages and name not in PROCESSES:
            command = load_command_class(str(app), name)
            assert isinstance(command, OperatorCommand), name
            of_group = command.subcommands() if isinstance(command, OperatorCommandGroup) else {"": None}
            yield from ((f"{name} {subcommand}".strip(), declared) for subcommand, declared in of_group.items())


def documented() -> dict[str, tuple[str, set[int]]]:
    """The row and the exit codes of each command in the documents."""
    section = (ROOT / "docs/operations.md").read_text().partition("## Commands")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `manage.py ([^`]*)` \|(.*)\|([^|]*)\|$", section, re.MULTILINE)
    return {name: (row, {int(code) for code in re.findall(r"\b[0-3]\b", codes)}) for name, row, codes in rows}


def run(words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    """Run a command with --json; returns its exit code and its answer, None after an error."""
    capsys.readouterr()
    try:
        call_command(*words.split(), "--json")
    except CommandError:
        return 1, None
    except SystemExit as end:
        return int(end.code or 0), json.loads(capsys.readouterr().out)
    return 0, json.loads(capsys.readouterr().out)


def test_every_command_answers_with_one_json_object_and_a_documented_exit_code(
    mina: Member, jun: Member, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, _ = report_post(jun, PostFactory.create(author=mina).pk, reason="spam", text="")
    values = {"@": mina.pk, "#": report.pk, "%": tmp_path / "keys"}
    assert RUNS.keys() == dict(commands()).keys()
    for name, (expected, arguments) in RUNS.items():
        words = " ".join(str(values.get(word, word)) for word in arguments.split())
        code, answer = run(f"{name} {words}", capsys)
        assert code in documented()[name][1], name
        assert expected is None or (code, isinstance(answer, dict)) == (expected, True), name


def test_the_documents_say_which_commands_leave_more_and_which_need_yes() -> None:
    for name, declared in commands():
        row, codes = documented()[name]
        if declared is None or name == "outbox status":
            continue
        assert (3 in codes) == (declared.default_batch is not None), name
        assert not declared.needs_yes or ("--yes" in row and 2 in codes), name


@pytest.mark.parametrize("account", ["root", "heart", "ssm-user", "ec2-user", "ubuntu", "admin"])
def test_who_uses_an_account_of_nobody_says_who_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mina: Member, account: str
) -> None:
    monkeypatch.setenv("SUDO_USER", account)
    with pytest.raises(CommandError, match="--as NAME"):
        call_command("member", "suspend", str(mina.pk), "--days=7", "--reason=spam")
    with pytest.raises(CommandError, match="--as NAME"):
        call_command("member", "erase", str(mina.pk), "--yes")
    for name in (account, account.upper(), f" {account} ", " ", ""):
        with pytest.raises(CommandError, match="--as NAME"):
            call_command("member", "suspend", str(mina.pk), "--days=7", "--reason=spam", f"--as={name}")
    assert not Decision.objects.exists()
    call_command("member", "erase", str(mina.pk))
    call_command("member", "suspend", str(mina.pk), "--days=7", "--reason=spam", "--as= taylor ")
    assert Decision.objects.get().actor_name == "taylor"


def test_reports_are_decided_under_the_name_of_who_called_sudo(mina: Member, jun: Member) -> None:
    report, _ = report_post(jun, PostFactory.create(author=mina).pk, reason="spam", text="")
    call_command("report", "decide", str(report.pk), "dismiss_report", "--reason=no_violation")
    assert (Decision.objects.get().actor_name, Report.objects.get().state) == ("taylor", "dismissed")
