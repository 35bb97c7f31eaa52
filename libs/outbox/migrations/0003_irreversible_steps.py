"""The time at which an attempt began what must not be done twice."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("outbox", "0002_index_of_waiting_jobs_by_kind")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="irreversible_at",
            field=models.DateTimeField(help_text="When an attempt began what must not be done twice.", null=True),
        ),
    ]
