"""The index by which workers find the oldest due job of a kind."""

from django.db import migrations, models

from libs.migrations import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [("outbox", "0001_initial")]

    operations = [
        AddIndexOnline(
            model_name="job",
            index=models.Index(
                condition=models.Q(("dead_at", None), ("done_at", None)),
                fields=["kind", "run_at", "id"],
                name="outbox_job_waiting_of_kind",
            ),
        ),
    ]
