from django.db import migrations, models

from libs.migrations import AddIndexOnline


class Migration(migrations.Migration):
    """One index for all reads of an author's posts, in their order; building it for a million posts takes seconds."""

    atomic = False
    dependencies = [("posts", "0005_text_search_keys")]
    operations = [
        AddIndexOnline("post", models.Index(fields=["author", "-created_at", "-id"], name="post_of_author")),
        migrations.RemoveIndex("post", "post_by_author"),
        migrations.RemoveIndex("post", "post_author_all"),
    ]
