from typing import Any

from django.db import migrations


def rename(apps: Any, schema_editor: Any) -> None:
    # Django creates permissions after migrations, and renames none that exist.
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="moderation", content_type__model="decision", codename="uphold_report"
    )
    permissions.update(name="Can uphold reports and change nothing")


class Migration(migrations.Migration):
    """Name the permission as its button is named; the code asks for the codename, which stays."""

    dependencies = [
        ("moderation", "0015_reports_of_comments"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.AlterModelOptions(
            "decision",
            {
                "default_permissions": ("view",),
                "permissions": [
                    ("assign_report", "Can take reports over"),
                    ("dismiss_report", "Can dismiss reports"),
                    ("uphold_report", "Can uphold reports and change nothing"),
                    ("remove_post", "Can remove posts"),
                    ("restore_post", "Can restore posts"),
                    ("warn_member", "Can warn members"),
                    ("suspend_member", "Can suspend members for days"),
                    ("suspend_member_for_good", "Can suspend members for good"),
                    ("lift_suspension", "Can lift suspensions"),
                    ("reset_profile", "Can reset avatars, nicknames and profile texts"),
                    ("end_sessions", "Can end the login sessions of members"),
                    ("mute_reporter", "Can mute reporters"),
                    ("reveal_email", "Can reveal e-mail addresses and networks of members"),
                    ("decide_appeal", "Can decide appeals"),
                    ("decide_many", "Can decide about more than ten at once"),
                    ("change_words", "Can change the list of words"),
                    ("change_rules", "Can change the rules that act by themselves"),
                    ("set_role", "Can change the roles of staff"),
                ],
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
            },
        ),
        migrations.RunPython(rename, migrations.RunPython.noop),
    ]
