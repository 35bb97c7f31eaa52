from django.db import migrations


class Migration(migrations.Migration):
    """Remove columns that no release has used."""

    dependencies = [("accounts", "0018_code_requesters")]
    operations = [
        migrations.RemoveField("block", "blocked_avatar_image"),
        migrations.RemoveField("block", "blocker_avatar_image"),
    ]
