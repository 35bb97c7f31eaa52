"""Substring search for what people see as the same words, and its indexes.

Column and search words are compared by their search keys (`SearchKey`): without regard to case, to the form in which
letters are stored (NFD, full-width, mathematical), to kinds of quotation marks and hyphens, to invisible characters,
and to spaces, which Korean is often written without. `%`, `_` and the backslash have no special meaning.
"""

import unicodedata
from typing import Any

import regex
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.backends.signals import connection_created
from django.db.models import Func, Q, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate
from django.db.models.indexes import IndexExpression
from django.db.models.lookups import Contains, StartsWith

# An index finds words anywhere in a text from this many letters and digits on; it ignores other characters.
INDEXED_CHARACTERS_MIN = 2
# White space, the blank Braille pattern, and what Unicode calls ignorable. PostgreSQL and `regex` read it alike.
IGNORED = (
    r"[\t\n\v\f\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\u2800\u00AD\u034F\u061C\u115F\u1160"
    r"\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8"
    r"\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]"
)
# Single Korean letters, as in laughter. NFKC would join a consonant and the vowel after it to one syllable, unless
# something ignorable keeps them apart.
SINGLE_JAMO, APART = r"([\u3131-\u318E\uFFA1-\uFFDC])", "\u200c"
# Keyboards of phones replace the right ones by the left ones.
PUNCTUATION = ("‘’ʼ“”‐‒–—−", "'''\"\"-----")  # noqa: RUF001 - these are the ones


class SearchKey(Func):
    """The search key of a text. Indexes contain it, so a change needs another class, and new indexes.

    On PostgreSQL each character stands there twice: trigrams find no words of two characters, as most Korean nouns
    are, but find them doubled. One doubled text contains another exactly if the texts do. Needs PostgreSQL 13.
    """

    arity = 1
    function = "search_key"
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Use functions of PostgreSQL that an index may contain."""
        typed, plain = (text.replace("'", "''") for text in PUNCTUATION)
        kept_apart = f"regexp_replace(%(expressions)s, '{SINGLE_JAMO}', '{APART}\\1', 'g')"
        folded = f"translate(lower(normalize({kept_apart}, NFKC)), '{typed}', '{plain}')"
        key = f"regexp_replace(regexp_replace({folded}, '{IGNORED}', '', 'g'), '(.)', '\\1\\1', 'g')"
        return super().as_sql(compiler, connection, template=key, **context)


def search_key(text: str | None) -> str | None:
    """Return the search key of a text; the characters are not doubled."""
    if text is None:
        return None
    text = unicodedata.normalize("NFKC", regex.sub(SINGLE_JAMO, rf"{APART}\1", text)).lower()
    return regex.sub(IGNORED, "", text.translate(str.maketrans(*PUNCTUATION)))


def can_use_index(words: str) -> bool:
    """Return whether an index finds the words anywhere in a text; otherwise every text would be read."""
    return sum(character.isalnum() for character in search_key(words) or "") >= INDEXED_CHARACTERS_MIN


def contains(column: str, words: str) -> Q:
    """Return the condition that the column contains the words; fast when `can_use_index`."""
    return Q(Contains(SearchKey(column), SearchKey(Value(words))))


def starts_with(column: str, words: str) -> Q:
    """Return the condition that the column starts with the words."""
    return Q(StartsWith(SearchKey(column), SearchKey(Value(words))))


def create_function(connection: Any, **kwargs: Any) -> None:
    """Give SQLite the function."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("search_key", 1, search_key, deterministic=True)


connection_created.connect(create_function)
# The app django.contrib.postgres does this too, so that indexes may name operator classes. The rest of that app would
# query each new connection for types that we do not use.
IndexExpression.register_wrappers(OrderBy, OpClass, Collate)


class SearchIndex(models.Index):
    """An index of search keys on PostgreSQL. SQLite reads every text, and gets an index of ids under its name."""

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        return models.Index(fields=["id"], name=self.name).create_sql(model, schema_editor, **kwargs)


class SearchGinIndex(SearchIndex, GinIndex):
    """A SearchIndex that is a GIN index on PostgreSQL."""
