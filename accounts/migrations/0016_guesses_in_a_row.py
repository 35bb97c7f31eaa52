from django.db import migrations, models


class Migration(migrations.Migration):
    """Mark the counters of wrong passwords that no time resets."""

    dependencies = [("accounts", "0015_members_as_seen_when_blocked")]
    operations = [
        migrations.AddField("passwordguess", "in_a_row", models.BooleanField(db_default=False, default=False)),
    ]
