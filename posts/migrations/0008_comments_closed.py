from django.db import migrations, models


class Migration(migrations.Migration):
    """Authors can close the comments of a post; the database default serves the release before this one."""

    dependencies = [("posts", "0007_names_for_people")]
    operations = [
        migrations.AddField(
            "post",
            "comments_closed",
            models.BooleanField(db_default=False, default=False, verbose_name="comments closed"),
        ),
    ]
