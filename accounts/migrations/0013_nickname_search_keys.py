from typing import Any

from django.contrib.postgres.indexes import OpClass
from django.db import migrations

from libs.migrations import AddIndexOnline
from libs.text_search import SearchGinIndex, SearchIndex, SearchKey


def analyze(apps: Any, schema_editor: Any) -> None:
    """Collect statistics of the search keys, without which the planner guesses how rare a word is."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ANALYZE accounts_member")


class Migration(migrations.Migration):
    """Index nicknames by their search keys: words of two letters, however they are written."""

    atomic = False
    dependencies = [("accounts", "0012_refresh_tokens_kept")]
    operations = [
        AddIndexOnline(
            "member",
            SearchGinIndex(OpClass(SearchKey("nickname"), name="gin_trgm_ops"), name="member_nickname_search"),
        ),
        AddIndexOnline(
            "member",
            SearchIndex(OpClass(SearchKey("nickname"), name="text_pattern_ops"), name="member_nickname_prefix"),
        ),
        migrations.RunPython(analyze, migrations.RunPython.noop),
    ]
