import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations

import libs.text_search


class Migration(migrations.Migration):
    """Tell Django about the index that 0003 made on PostgreSQL; SQLite does without it."""

    dependencies = [
        ('posts', '0003_text_search'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    model_name='post',
                    index=libs.text_search.SearchGinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower('text'), name='gin_trgm_ops'), name='post_text_trigrams'),
                ),
            ],
        ),
    ]
