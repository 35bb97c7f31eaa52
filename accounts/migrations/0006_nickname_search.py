from typing import Any

from django.db import migrations

from libs.postgresql.timeouts import without_timeouts

# Trigrams find words in the midst of a nickname, text_pattern_ops its beginning whatever the database's locale.
INDEXES = {
    "member_nickname_trigrams": "accounts_member USING gin (lower(nickname) gin_trgm_ops)",
    "member_nickname_beginning": "accounts_member USING btree (lower(nickname) text_pattern_ops)",
}


def build(apps: Any, schema_editor: Any) -> None:
    """Build the indexes while members come and go; the extension needs CREATE on the database, no superuser."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with without_timeouts(schema_editor.connection, schema_editor.execute):
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for name, on in INDEXES.items():
            # One that was broken off leaves an index that nobody may use, under the same name.
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            schema_editor.execute(f"CREATE INDEX CONCURRENTLY {name} ON {on}")
        # Without statistics of the folded column the planner guesses how rare a word is.
        schema_editor.execute("ANALYZE accounts_member")


def drop(apps: Any, schema_editor: Any) -> None:
    """Take the indexes away; others may use the extension."""
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class Migration(migrations.Migration):
    """Nicknames are found by trigrams on PostgreSQL; SQLite reads them all."""

    atomic = False
    dependencies = [("accounts", "0005_unsaid_until")]
    operations = [migrations.RunPython(build, drop)]
