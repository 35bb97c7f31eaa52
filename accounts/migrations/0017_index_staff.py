from django.db import migrations, models

from libs.migrations import AddIndexOnline


class Migration(migrations.Migration):
    """Find the staff, whose names no other member may take, without reading all members."""

    atomic = False
    dependencies = [("accounts", "0016_guesses_in_a_row")]
    operations = [
        AddIndexOnline(
            "member", models.Index(condition=models.Q(("is_staff", True)), fields=["id"], name="member_staff")
        )
    ]
