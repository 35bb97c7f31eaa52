from typing import Any

from django.db import migrations

from libs.postgresql.timeouts import without_timeouts


def build(apps: Any, schema_editor: Any) -> None:
    """Build the index while members read and write; a million posts take half a minute."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with without_timeouts(schema_editor.connection, schema_editor.execute):
        # One that was broken off leaves an index that nobody may use, under the same name.
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS post_text_trigrams")
        schema_editor.execute(
            "CREATE INDEX CONCURRENTLY post_text_trigrams ON posts_post USING gin (lower(text) gin_trgm_ops)"
        )
        # Without statistics of the folded text the planner guesses how rare a word is.
        schema_editor.execute("ANALYZE posts_post")


def drop(apps: Any, schema_editor: Any) -> None:
    """Take the index away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS post_text_trigrams")


class Migration(migrations.Migration):
    """Texts are found by trigrams on PostgreSQL; SQLite reads them all."""

    atomic = False
    # The members' migration makes the extension.
    dependencies = [("posts", "0002_edits"), ("accounts", "0006_nickname_search")]
    operations = [migrations.RunPython(build, drop)]
