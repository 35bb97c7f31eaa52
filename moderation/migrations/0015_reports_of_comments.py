import django.db.models.deletion
from django.db import migrations, models

from libs.migrations import AddIndexOnline
from moderation.roles import create_roles


def add_permission(apps, schema_editor):
    """Let the roles see comments."""
    create_roles(apps)


class Migration(migrations.Migration):
    """Comments can be reported, and have a place in the queue, whose index gets their id."""

    atomic = False
    dependencies = [("moderation", "0014_index_of_the_queue"), ("comments", "0001_initial")]
    operations = [
        migrations.AddField(
            "report",
            "comment",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="reports",
                to="comments.comment",
                verbose_name="comment",
            ),
        ),
        migrations.AlterField(
            "report",
            "about",
            models.CharField(
                choices=[("member", "member"), ("post", "post"), ("comment", "comment")],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        AddIndexOnline(
            "report",
            models.Index(
                condition=models.Q(("comment__isnull", False)), fields=["comment"], name="report_of_comment"
            ),
        ),
        AddIndexOnline(
            "report",
            models.Index(
                condition=models.Q(("state", "open")),
                fields=["created_at", "about", "post", "comment", "subject", "reason", "reporter", "assignee", "id"],
                name="report_open",
            ),
        ),
        migrations.AddConstraint(
            "report",
            models.UniqueConstraint(
                condition=models.Q(("about", "comment"), ("state", "open")),
                fields=("reporter", "comment"),
                name="report_comment_once",
            ),
        ),
        migrations.RemoveIndex("report", "report_queue"),
        migrations.RunPython(add_permission, migrations.RunPython.noop),
    ]
