from django.db import migrations

from moderation.decision_triggers import create_triggers, drop_triggers


class Migration(migrations.Migration):
    """Have the database refuse changes of decisions."""

    dependencies = [("moderation", "0004_decisions")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
