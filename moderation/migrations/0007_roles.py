from typing import Any

from django.db import migrations

from moderation.roles import create_roles


def create(apps: Any, schema_editor: Any) -> None:
    create_roles(apps)


class Migration(migrations.Migration):
    """Create the groups of the staff; the previous release has none, and superusers stay what they are."""

    dependencies = [
        ("moderation", "0006_report_indexes"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
