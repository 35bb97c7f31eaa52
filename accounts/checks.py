"""System check of the database's encoding and locale, which search needs."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import Member

HINT = "Create it again: CREATE DATABASE ... TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"


@register(Tags.database)
def check_database_locale(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """accounts.E001 for PostgreSQL in another encoding than UTF-8, or in the C locale.

    There `lower` converts ASCII only, and Korean has no trigrams, so each search would read every row. Runs with
    `check --database default` and before each migrate.
    """
    using = router.db_for_read(Member)
    if using not in (databases or ()) or connections[using].vendor != "postgresql":
        return []
    fault = "The database cannot search: its encoding is not UTF8, or its locale (LC_CTYPE) is C."
    return [] if folds_unicode_case(connections[using]) else [Error(fault, hint=HINT, id="accounts.E001")]


def folds_unicode_case(connection: BaseDatabaseWrapper) -> bool:
    """Return whether this PostgreSQL converts letters outside of ASCII to lower case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_encoding')")
        # In another encoding the second query would fail.
        if cursor.fetchone() != ("UTF8",):
            return False
        cursor.execute("SELECT lower('É') = 'é'")
        return bool(cursor.fetchone() == (True,))
