import django.db.models.deletion
from django.db import migrations, models, transaction
from django.db.models import Q

from posts.tags import find_keys

CHUNK = 1_000


def index_posts(apps, schema_editor):
    """Index the tags of the posts that are there; a million posts take some minutes.

    Locked while they are read, so that none gets tags of a text that is edited at this moment.
    """
    post, tag = apps.get_model("posts", "Post"), apps.get_model("posts", "PostTag")
    last = 0
    while ids := list(post.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            tagged = post.objects.filter(Q(text__contains="#") | Q(text__contains="\uFF03"), pk__in=ids).order_by("pk")
            rows = tagged.select_for_update(no_key=True).values_list("pk", "created_at", "text")
            tag.objects.bulk_create(
                (tag(post_id=pk, key=key, created_at=created) for pk, created, text in rows for key in find_keys(text)),
                ignore_conflicts=True,
            )
        last = ids[-1]


class Migration(migrations.Migration):
    """Tags of posts. `manage.py index_tags` does the same for what the previous release publishes meanwhile."""

    # A chunk at a time, so that nobody waits for locks.
    atomic = False
    dependencies = [
        ('posts', '0009_hearts_and_saved_posts'),
    ]

    operations = [
        migrations.CreateModel(
            name='PostTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100)),
                ('created_at', models.DateTimeField()),
                ('post', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='posts.post')),
            ],
            options={
                'indexes': [models.Index(fields=['key', '-created_at', '-post'], name='post_tag_feed')],
                'constraints': [models.UniqueConstraint(fields=('post', 'key'), name='post_tag_once')],
            },
        ),
        migrations.RunPython(index_posts, migrations.RunPython.noop),
    ]
