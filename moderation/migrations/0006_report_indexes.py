from django.db import migrations, models

from libs.migrations import AddIndexOnline


class Migration(migrations.Migration):
    """Find the reports of a moderator, and those that a decision closed."""

    atomic = False
    dependencies = [("moderation", "0005_decision_triggers")]
    operations = [
        AddIndexOnline(
            "report",
            models.Index(condition=models.Q(("assignee__isnull", False)), fields=["assignee"], name="report_assignee"),
        ),
        AddIndexOnline(
            "report",
            models.Index(
                condition=models.Q(("decision_id__isnull", False)), fields=["decision_id"], name="report_decision"
            ),
        ),
    ]
