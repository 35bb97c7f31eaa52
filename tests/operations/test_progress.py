"""Progress of a command: a bar on a terminal, lines elsewhere."""

import io

import pytest

from operations import progress_bar
from operations.progress_bar import ProgressBar


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_who_watches_sees_a_bar_that_gives_way_to_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_bar, "PAUSE", -1.0)
    stream = Terminal()
    assert list(ProgressBar(stream).track(iter("abcd"), "letters", 4)) == list("abcd")
    assert "\rletters                     2 of 4 [###############...............]" in stream.getvalue()
    assert "\x1b[Kletters                     4 in    0.0 s\n" in stream.getvalue()


def test_a_log_gets_one_plain_line_for_each_step() -> None:
    stream = io.StringIO()
    list(ProgressBar(stream).track(range(3), "numbers", 3))
    assert stream.getvalue() == "numbers                     3 in    0.0 s\n"


def test_a_step_of_nothing_is_told_like_any_other() -> None:
    stream = Terminal()
    assert list(ProgressBar(stream).track([], "nothing", 0)) == []
    assert "nothing                     0 in" in stream.getvalue()
