"""Rename the model Answer to StoredResponse; the table keeps its name."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("idempotency", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Answer", "StoredResponse"),
                migrations.AlterModelTable("StoredResponse", "idempotency_answer"),
            ],
        ),
    ]
