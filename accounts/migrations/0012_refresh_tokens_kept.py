from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    """Remember of a login session which used tokens have a record, and the network that has the newest."""

    dependencies = [("accounts", "0011_earlier_codes")]
    operations = [
        migrations.AddField(
            "loginsession", "next_network", models.CharField(blank=True, db_default="", default="", max_length=50)
        ),
        migrations.AddField(
            "loginsession", "used_jtis", models.JSONField(db_default=Value([], models.JSONField()), default=list)
        ),
    ]
