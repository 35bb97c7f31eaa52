import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations

import libs.text_search


class Migration(migrations.Migration):
    """Tell Django about the indexes that 0006 made on PostgreSQL; SQLite does without them."""

    dependencies = [
        ('accounts', '0008_erasure_started_at'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    model_name='member',
                    index=libs.text_search.SearchGinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower('nickname'), name='gin_trgm_ops'), name='member_nickname_trigrams'),
                ),
                migrations.AddIndex(
                    model_name='member',
                    index=libs.text_search.SearchIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Lower('nickname'), name='text_pattern_ops'), name='member_nickname_beginning'),
                ),
            ],
        ),
    ]
