import django.db.models.deletion
import django.utils.timezone
import posts.models.post_share
from django.db import migrations, models


class Migration(migrations.Migration):
    """Links by which authors share posts."""

    dependencies = [("posts", "0010_tags")]
    operations = [
        migrations.CreateModel(
            name="PostShare",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="share",
                        serialize=False,
                        to="posts.post",
                    ),
                ),
                ("token", models.CharField(default=posts.models.post_share.new_token, max_length=22)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["token"], name="post_share_token")]},
        ),
    ]
