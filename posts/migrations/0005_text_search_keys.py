from typing import Any

from django.contrib.postgres.indexes import OpClass
from django.db import migrations

from libs.migrations import AddIndexOnline
from libs.text_search import SearchGinIndex, SearchKey


def analyze(apps: Any, schema_editor: Any) -> None:
    """Collect statistics of the search keys, without which the planner guesses how rare a word is."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ANALYZE posts_post")


class Migration(migrations.Migration):
    """Index texts by their search keys: words of two letters, however they are written; a million posts take a minute."""

    atomic = False
    # The members' migration makes the extension.
    dependencies = [("posts", "0004_text_index"), ("accounts", "0006_nickname_search")]
    operations = [
        AddIndexOnline(
            "post", SearchGinIndex(OpClass(SearchKey("text"), name="gin_trgm_ops"), name="post_text_search")
        ),
        migrations.RunPython(analyze, migrations.RunPython.noop),
    ]
