"""What a cursor holds, and which texts are refused."""

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from libs.keyset.cursors import Cursor
from libs.keyset.errors import InvalidCursor

TIMESTAMP = datetime(2026, 11, 24, 8, 0, 0, 123457, tzinfo=UTC)
TIMESTAMPS = [TIMESTAMP, datetime(1965, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("flag", [False, True])
@pytest.mark.parametrize("id_", [0, 2**63 - 1])
@pytest.mark.parametrize("timestamp", TIMESTAMPS)
def test_a_cursor_is_decoded_as_it_was_encoded(timestamp: datetime, id_: int, flag: bool) -> None:
    cursor = Cursor(timestamp, id_, back=flag, inclusive=not flag)
    assert Cursor.decode(cursor.encode("posts"), "posts") == cursor


def test_a_cursor_is_short_and_safe_in_a_url() -> None:
    text = Cursor(TIMESTAMP, 2**63 - 1).encode("posts")
    assert len(text) == 44
    assert set(text) <= set(CHARACTERS)


def test_a_cursor_of_another_list_is_refused() -> None:
    text = Cursor(TIMESTAMP, 1).encode("/posts?writer=1")
    with pytest.raises(InvalidCursor):
        Cursor.decode(text, "/posts?writer=2")


def test_a_cursor_changed_in_any_character_is_refused() -> None:
    text = Cursor(TIMESTAMP, 1).encode("posts")
    for at, character in enumerate(text):
        forged = text[:at] + CHARACTERS[CHARACTERS.index(character) - 1] + text[at + 1 :]
        with pytest.raises(InvalidCursor):
            Cursor.decode(forged, "posts")


@pytest.mark.parametrize("text", ["", "x", "한글", "\0", "A" * 44, "A" * 43 + "=", "A" * 5000, "../..", "AAAA AAAA"])
def test_a_text_that_is_not_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursor.decode(text, "posts")


def test_a_cursor_with_anything_around_it_is_refused() -> None:
    text = Cursor(TIMESTAMP, 1).encode("posts")
    for other in (f" {text}", f"{text}\n", f"{text}=", f"{text}====", text + "AAAA", text[:-4]):
        with pytest.raises(InvalidCursor):
            Cursor.decode(other, "posts")


def test_a_cursor_of_an_older_key_is_valid_until_the_key_is_gone(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the old key", []
    text = Cursor(TIMESTAMP, 1).encode("posts")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new key", ["the old key"]
    assert Cursor.decode(text, "posts").id == 1
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidCursor):
        Cursor.decode(text, "posts")
