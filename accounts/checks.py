"""What search needs of PostgreSQL: a database that knows what letters are."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import Member

HINT = "Make it anew: CREATE DATABASE ... TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"


@register(Tags.database)
def the_database_knows_letters(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """accounts.E001 for PostgreSQL in another encoding than UTF-8, or in the C locale.

    There `lower` folds ASCII only, and Korean has no trigrams, so that each search would read every text. Runs with
    `check --database default` and before each migrate.
    """
    using = router.db_for_read(Member)
    if using not in (databases or ()) or connections[using].vendor != "postgresql":
        return []
    fault = "The database cannot search: its encoding is not UTF8, or its locale (LC_CTYPE) is C."
    return [] if knows_letters(connections[using]) else [Error(fault, hint=HINT, id="accounts.E001")]


def knows_letters(connection: BaseDatabaseWrapper) -> bool:
    """Whether this PostgreSQL folds letters outside of ASCII."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_encoding')")
        # In another encoding the second question could not even be asked.
        if cursor.fetchone() != ("UTF8",):
            return False
        cursor.execute("SELECT lower('É') = 'é'")
        return bool(cursor.fetchone() == (True,))
