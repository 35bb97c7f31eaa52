"""Finding by words: one rule for every text that can be searched.

Texts are kept in NFC, and so are the words; both are folded to lower case by the database, so that they are folded
alike and an index on the folded column answers. `%`, `_` and the backslash stand for themselves.
"""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate, Lower
from django.db.models.indexes import IndexExpression
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


# As the app django.contrib.postgres does, so that indexes may name operator classes. The rest of that app would ask
# each new connection for types that we do not use.
IndexExpression.register_wrappers(OrderBy, OpClass, Collate)


class SearchIndex(models.Index):
    """An index of expressions with operator classes, which are left out on SQLite: it has none."""

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """The statement that creates the index."""
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        plain = [op_class.get_source_expressions()[0] for op_class in self.expressions if isinstance(op_class, OpClass)]
        return models.Index(*plain, name=self.name).create_sql(model, schema_editor, **kwargs)


class SearchGinIndex(SearchIndex, GinIndex):
    """The same as a GIN index on PostgreSQL."""
