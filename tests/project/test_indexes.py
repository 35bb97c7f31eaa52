"""The indexes of the models are those of the database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Q

from accounts.models import Member
from posts.models import Post

pytestmark = pytest.mark.django_db
PACKAGES = ("accounts", "posts", "comments", "media", "moderation", "notifications", "libs")
OURS = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]


def definitions(table: str) -> dict[str, str]:
    """How PostgreSQL says that each index of a table was made, by its name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
        return dict(cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="some indexes are PostgreSQL's alone")
def test_every_index_of_a_model_is_in_the_database() -> None:
    for model in OURS:
        assert {index.name for index in model._meta.indexes} <= set(definitions(model._meta.db_table)), model


def foreign_keys() -> Iterator[tuple[Any, Any]]:
    """Each foreign key of a model of ours."""
    for model in OURS:
        yield from ((model, field) for field in model._meta.local_fields if field.many_to_one)


def leads(index: Any, field: Any) -> bool:
    """Whether an index or a constraint finds all rows that refer to one record by this field."""
    fields, condition = getattr(index, "fields", []), getattr(index, "condition", None)
    is_first = bool(fields) and fields[0].removeprefix("-") == field.name
    return is_first and condition in (None, Q(**{f"{field.name}__isnull": False}))


def test_the_rows_of_every_foreign_key_are_found_by_an_index() -> None:
    missing = [
        f"{model.__name__}.{field.name}"
        for model, field in foreign_keys()
        if not field.db_index
        and not any(leads(index, field) for index in [*model._meta.indexes, *model._meta.constraints])
    ]
    assert missing == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no operator classes")
@pytest.mark.parametrize("model", [Member, Post])
def test_an_index_for_searches_is_what_its_model_says(model: Any) -> None:
    before = definitions(model._meta.db_table)
    for index in (index for index in model._meta.indexes if index.expressions):
        with connection.schema_editor() as editor:
            editor.remove_index(model, index)
            editor.add_index(model, index)
    assert definitions(model._meta.db_table) == before


def test_indexes_of_postgresql_can_be_built_on_sqlite_too() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        for index in (index for index in Member._meta.indexes if index.expressions):
            cursor.execute(f"DROP INDEX IF EXISTS {index.name}")
            cursor.execute(str(index.create_sql(Member, connection.schema_editor())))
        found = connection.introspection.get_constraints(cursor, Member._meta.db_table)
    assert {"member_nickname_search", "member_nickname_prefix"} <= set(found)
