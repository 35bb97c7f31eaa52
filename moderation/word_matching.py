"""Whether a text contains a listed word, however it is written.

Text and words are compared without regard to case, spaces, punctuation, invisible characters, forms such as full-width
letters, accents, and letters of other scripts that look like Latin ones.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import regex

from accounts.profiles.lookalikes import as_latin
from libs.text_search import search_key

WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")


def fold_words(text: str) -> list[str]:
    """Return the words of a text as they look; single letters in a row, as in "s p a m", are one word."""
    # Invisible characters first, within words; search_key would remove the spaces too.
    folded = (fold(word) for part in text.split() for word in WORD.findall(search_key(part) or ""))
    words: list[str] = []
    for is_single, group in groupby(filter(None, folded), key=lambda word: len(word) == 1):
        parts = list(group)
        words += ["".join(parts)] if is_single else parts
    return words


def fold(text: str) -> str:
    """Return what a text looks like: small Latin letters without accents; Korean syllables stay whole."""
    return unicodedata.normalize("NFC", as_latin(text))


class WordMatcher:
    """Finds listed words in texts; made once for a list, whose words are one pattern."""

    def __init__(self, words: Sequence[Any]) -> None:
        """`words` are ListedWords."""
        anywhere = {"".join(fold_words(word.text)): word for word in words if not word.is_whole}
        whole = {" ".join(fold_words(word.text)): word for word in words if word.is_whole}
        self._anywhere, self._whole = ({key: one for key, one in each.items() if key} for each in (anywhere, whole))
        self._pattern_anywhere = _one_of(self._anywhere)
        self._pattern_whole = _one_of(f" {key} " for key in self._whole)

    def find(self, text: str) -> list[Any]:
        """Return the listed words that the text contains."""
        if not (self._anywhere or self._whole):
            return []
        words = fold_words(text)
        joined, spaced = "".join(words), " " + "  ".join(words) + " "
        found = [self._anywhere[match] for match in self._pattern_anywhere.findall(joined, overlapped=True)]
        # Each word has spaces of its own on both sides, so that two in a row are both found.
        phrases = " " + " ".join(words) + " "
        keys = {*self._pattern_whole.findall(spaced), *self._pattern_whole.findall(phrases, overlapped=True)}
        found += [self._whole[key.strip()] for key in keys]
        return list(dict.fromkeys(found))


def _one_of(keys: Iterable[str]) -> Any:
    """Return a pattern for any of the keys, the longest first; for none without keys."""
    longest_first = sorted(keys, key=len, reverse=True)
    return regex.compile("|".join(map(regex.escape, longest_first)) or r"(?!)")
