from django.db import migrations, models
from django.db.models import OuterRef, Subquery

CHUNK = 1_000
COLUMNS = (
    ("blocker_nickname", models.CharField(max_length=300, null=True)),
    ("blocker_avatar_image", models.BigIntegerField(null=True)),
    ("blocked_nickname", models.CharField(max_length=300, null=True)),
    ("blocked_avatar_image", models.BigIntegerField(null=True)),
)


def store_current_appearance(apps, schema_editor):
    """Fill blocks made before with how their members look now; when they were made nobody stored it."""
    block, member, avatar = (apps.get_model("accounts", name) for name in ("Block", "Member", "Avatar"))
    values = {}
    for side in ("blocker", "blocked"):
        values[f"{side}_nickname"] = Subquery(member.objects.filter(pk=OuterRef(side)).values("nickname"))
        values[f"{side}_avatar_image"] = Subquery(avatar.objects.filter(member=OuterRef(side)).values("image_id"))
    while ids := list(block.objects.filter(blocked_nickname=None).values_list("pk", flat=True)[:CHUNK]):
        block.objects.filter(pk__in=ids).update(**values)


class Migration(migrations.Migration):
    """Store with a block how its members saw each other last."""

    # A chunk at a time, so that nobody waits for locks.
    atomic = False
    dependencies = [("accounts", "0014_join_networks")]
    operations = [
        *(migrations.AddField("block", name, field) for name, field in COLUMNS),
        migrations.RunPython(store_current_appearance, migrations.RunPython.noop),
    ]
