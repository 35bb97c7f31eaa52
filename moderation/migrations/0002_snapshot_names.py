from django.db import migrations, models


class Migration(migrations.Migration):
    """Two attributes get other names; the columns keep theirs, so the database does not change."""

    dependencies = [
        ('moderation', '0001_reports'),
    ]

    operations = [
        migrations.AlterField(
            model_name='report', name='words', field=models.TextField(blank=True, db_column='words')
        ),
        migrations.AlterField(
            model_name='report',
            name='subject_since',
            field=models.DateTimeField(db_column='subject_since', null=True),
        ),
        migrations.RenameField(model_name='report', old_name='words', new_name='subject_text'),
        migrations.RenameField(model_name='report', old_name='subject_since', new_name='subject_created_at'),
    ]
