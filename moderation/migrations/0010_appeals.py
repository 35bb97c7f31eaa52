import django.db.models.deletion
import django.utils.timezone
import libs.keyset.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0009_names_for_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigIntegerField(default=libs.keyset.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('decision_id', models.BigIntegerField(unique=True)),
                ('answer_id', models.BigIntegerField(null=True)),
                ('text', models.TextField()),
                ('state', models.CharField(choices=[('open', 'open'), ('upheld', 'upheld'), ('denied', 'denied')], default='open', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('decided_at', models.DateTimeField(editable=False, null=True)),
                ('member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['member', '-created_at', '-id'], name='appeal_list'), models.Index(condition=models.Q(('state', 'open')), fields=['created_at'], name='appeal_open')],
            },
        ),
    ]
