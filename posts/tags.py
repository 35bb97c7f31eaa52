"""Hashtags: which a text has, and the keys by which they are found.

A tag is `#` with letters, digits, underscores and combining marks of any script, and has a letter or digit. Tags may
follow each other without a space. A `#` within a word or an address of the web begins none.
"""

import unicodedata
from collections.abc import Iterator

import regex

from libs.text_search import search_key

# What is beyond these is not indexed. Tags of a post, and code points of a key.
MAX_TAGS = 30
MAX_KEY_LENGTH = 100
# The second one is that of Korean and Japanese keyboards.
_SIGN = "[#\uff03]"
# Persian and Indic scripts write joiners within words.
_NAME = r"_*[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}_\u200C\u200D]*"
_ADDRESS = r"(?i:https?://|www\.)\S*"
_TAGS = regex.compile(rf"{_ADDRESS}|(?<![\p{{L}}\p{{M}}\p{{N}}_#\uFF03&/=?])(?P<tags>(?:{_SIGN}{_NAME})+)")
_ONE_TAG = regex.compile(rf"{_SIGN}?(?P<name>{_NAME})")


def find_keys(text: str) -> list[str]:
    """Return the keys of the tags of a text, the first MAX_TAGS of them, each once."""
    keys: dict[str, None] = {}
    for key in _keys(text):
        keys[key] = None
        if len(keys) == MAX_TAGS:
            break
    return list(keys)


def parse_key(tag: str) -> str | None:
    """Return the key of a tag with or without `#`; None for what is no tag, or too long for one."""
    found = _ONE_TAG.fullmatch(unicodedata.normalize("NFC", tag))
    return _key_of(found["name"]) if found else None


def _keys(text: str) -> Iterator[str]:
    for found in _TAGS.finditer(text):
        for tag in regex.split(_SIGN, found["tags"] or ""):
            if key := _key_of(tag):
                yield key


def _key_of(tag: str) -> str | None:
    # Letters that nobody sees leave nothing; one letter may become eighteen.
    key = search_key(tag) or ""
    return key if 0 < len(key) <= MAX_KEY_LENGTH else None
