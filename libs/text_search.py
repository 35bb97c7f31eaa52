"""Substring search without regard to case, and its indexes on lower(column).

Texts and search words are in NFC, and the database folds both to lower case, so that both are folded alike. `%`, `_`
and the backslash have no special meaning.
"""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate, Lower
from django.db.models.indexes import IndexExpression
from django.db.models.lookups import Contains, StartsWith

# A trigram index finds words anywhere in a text from this many letters and digits on; it ignores other characters.
INDEXED_CHARACTERS_MIN = 3


def can_use_index(words: str) -> bool:
    """Return whether an index finds the words anywhere in a text; otherwise every text would be read."""
    return sum(character.isalnum() for character in words) >= INDEXED_CHARACTERS_MIN


def contains(column: str, words: str) -> Q:
    """Return the condition that the column contains the words; fast when `can_use_index`."""
    return Q(Contains(Lower(column), Lower(Value(words))))


def starts_with(column: str, words: str) -> Q:
    """Return the condition that the column starts with the words."""
    return Q(StartsWith(Lower(column), Lower(Value(words))))


# The app django.contrib.postgres does this too, so that indexes may name operator classes. The rest of that app would
# query each new connection for types that we do not use.
IndexExpression.register_wrappers(OrderBy, OpClass, Collate)


class SearchIndex(models.Index):
    """An index on expressions; its operator classes are left out on SQLite."""

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        plain = [op_class.get_source_expressions()[0] for op_class in self.expressions if isinstance(op_class, OpClass)]
        return models.Index(*plain, name=self.name).create_sql(model, schema_editor, **kwargs)


class SearchGinIndex(SearchIndex, GinIndex):
    """A SearchIndex that is a GIN index on PostgreSQL."""
