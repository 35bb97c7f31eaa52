"""What a command answers with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """The exit codes of all operators' commands."""

    DONE = 0
    FAILED = 1
    NOTHING_TO_DO = 2
    MORE_LEFT = 3


@dataclass(frozen=True)
class Result:
    """The same answer twice, as plain values for programs (--json) and as text for people, and the exit code."""

    data: Mapping[str, Any]
    text: str
    exit_code: ExitCode = ExitCode.DONE


def format_table(rows: list[list[Any]]) -> str:
    """Return rows as lines with aligned columns: numbers to the right, everything else to the left."""
    texts = [[f"{value:,}" if isinstance(value, int) else str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    numeric = [any(isinstance(row[number], int) for row in rows) for number in range(len(widths))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if is_number else text.ljust(width)
            for text, width, is_number in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in texts
    )
