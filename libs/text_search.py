"""Finding by words: one rule for every text that can be searched.

Texts are kept in NFC, and so are the words; both are folded to lower case by the database, so that they are folded
alike and an index on the folded column answers. `%`, `_` and the backslash stand for themselves.
"""

from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Contains, StartsWith

# What a trigram index needs to find words in the midst of a text. Letters and digits; it knows no others.
INDEXED_CHARACTERS_MIN = 3


def can_use_index(words: str) -> bool:
    """Whether an index can find the words anywhere; without one each text would be read."""
    return sum(letter.isalnum() for letter in words) >= INDEXED_CHARACTERS_MIN


def contains(column: str, words: str) -> Q:
    """The condition that the words stand anywhere in the column; quick when `can_use_index`."""
    return Q(Contains(Lower(column), Lower(Value(words))))


def starts_with(column: str, words: str) -> Q:
    """The condition that the column begins with the words."""
    return Q(StartsWith(Lower(column), Lower(Value(words))))
