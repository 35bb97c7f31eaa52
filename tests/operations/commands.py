"""Runs commands as an operator does."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import TestCase


class Operator:
    """Runs commands with --json; remembers the exit code of the last one."""

    code = 0

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def run(self, *words: Any) -> dict[str, Any]:
        """Run one command, and return its JSON. Raises CommandError as the command does."""
        self.code = 0
        self.capsys.readouterr()
        try:
            # Runs on_commit callbacks although the transaction of the test goes on.
            with TestCase.captureOnCommitCallbacks(execute=True):
                call_command(*map(str, words), "--json")
        except SystemExit as end:
            self.code = int(end.code or 0)
        answer: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return answer
