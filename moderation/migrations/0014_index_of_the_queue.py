from django.db import migrations, models

from libs.migrations import AddIndexOnline


class Migration(migrations.Migration):
    """Read what orders the queue from an index alone; the index of open reports by time is its beginning."""

    atomic = False
    dependencies = [("moderation", "0013_refuse_truncate")]
    operations = [
        AddIndexOnline(
            "report",
            models.Index(
                condition=models.Q(("state", "open")),
                fields=["created_at", "about", "post", "subject", "reason", "reporter", "assignee", "id"],
                name="report_queue",
            ),
        ),
        migrations.RemoveIndex("report", "report_open"),
    ]
