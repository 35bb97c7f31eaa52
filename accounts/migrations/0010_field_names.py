from django.db import migrations, models


class Migration(migrations.Migration):
    """Rename attributes of models; their columns keep their names, so the database does not change."""

    dependencies = [("accounts", "0009_nickname_indexes")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("loginsession", "door", "audience"),
                migrations.AlterField("loginsession", "audience", models.CharField(db_column="door", max_length=20)),
                migrations.RenameField("member", "unsaid_until", "posts_hidden_until"),
                migrations.AlterField(
                    "member",
                    "posts_hidden_until",
                    models.DateTimeField(blank=True, db_column="unsaid_until", editable=False, null=True),
                ),
            ]
        )
    ]
