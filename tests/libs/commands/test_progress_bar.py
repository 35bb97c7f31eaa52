"""Progress of a command: a bar on a terminal, lines elsewhere."""

import io

import pytest

from libs.commands import progress_bar
from libs.commands.progress_bar import ProgressBar


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_and_then_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_bar, "REFRESH_SECONDS", -1.0)
    stream = Terminal()
    assert list(ProgressBar(stream).track(iter("abcd"), "letters", 4)) == list("abcd")
    assert "\rletters                     2 of 4 [###############...............]" in stream.getvalue()
    assert "\x1b[Kletters                     4 in    0.0 s\n" in stream.getvalue()


def test_a_log_file_gets_one_plain_line_per_step() -> None:
    stream = io.StringIO()
    list(ProgressBar(stream).track(range(3), "numbers", 3))
    assert stream.getvalue() == "numbers                     3 in    0.0 s\n"


def test_a_step_without_items_gets_a_line_too() -> None:
    stream = Terminal()
    assert list(ProgressBar(stream).track([], "nothing", 0)) == []
    assert "nothing                     0 in" in stream.getvalue()
