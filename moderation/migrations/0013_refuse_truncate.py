from django.db import migrations

from moderation.decision_triggers import create_triggers


class Migration(migrations.Migration):
    """Have PostgreSQL refuse to empty the table of decisions."""

    dependencies = [("moderation", "0012_names_of_appeals")]
    operations = [migrations.RunPython(create_triggers, migrations.RunPython.noop)]
