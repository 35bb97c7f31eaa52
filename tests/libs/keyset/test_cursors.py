"""What a cursor holds, and what it refuses."""

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from libs.keyset.cursors import Cursor
from libs.keyset.errors import InvalidCursor

MOMENT = datetime(2026, 11, 24, 8, 0, 0, 123457, tzinfo=UTC)
MOMENTS = [MOMENT, datetime(1965, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("flag", [False, True])
@pytest.mark.parametrize("id_", [0, 2**63 - 1])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_cursor_comes_back_to_the_microsecond(moment: datetime, id_: int, flag: bool) -> None:
    cursor = Cursor(moment, id_, back=flag, inclusive=not flag)
    assert Cursor.decode(cursor.encode("posts"), "posts") == cursor


def test_a_cursor_is_short_and_needs_no_quoting() -> None:
    text = Cursor(MOMENT, 2**63 - 1).encode("posts")
    assert len(text) == 44
    assert set(text) <= set(LETTERS)


def test_a_cursor_of_another_list_is_refused() -> None:
    text = Cursor(MOMENT, 1).encode("/posts?writer=1")
    with pytest.raises(InvalidCursor):
        Cursor.decode(text, "/posts?writer=2")


def test_a_cursor_changed_in_any_letter_is_refused() -> None:
    text = Cursor(MOMENT, 1).encode("posts")
    for at, letter in enumerate(text):
        forged = text[:at] + LETTERS[LETTERS.index(letter) - 1] + text[at + 1 :]
        with pytest.raises(InvalidCursor):
            Cursor.decode(forged, "posts")


@pytest.mark.parametrize("text", ["", "x", "한글", "\0", "A" * 44, "A" * 43 + "=", "A" * 5000, "../..", "AAAA AAAA"])
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursor.decode(text, "posts")


def test_a_cursor_with_anything_around_it_is_refused() -> None:
    text = Cursor(MOMENT, 1).encode("posts")
    for other in (f" {text}", f"{text}\n", f"{text}=", f"{text}====", text + "AAAA", text[:-4]):
        with pytest.raises(InvalidCursor):
            Cursor.decode(other, "posts")


def test_a_cursor_of_an_older_key_reads_until_the_key_is_gone(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the old key", []
    text = Cursor(MOMENT, 1).encode("posts")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key", ["the old key"]
    assert Cursor.decode(text, "posts").id == 1
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidCursor):
        Cursor.decode(text, "posts")
