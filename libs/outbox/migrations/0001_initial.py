"""The table of jobs."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=100)),
                ('payload', models.JSONField(help_text='Ids only: no codes, tokens or addresses.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('run_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Not before this.')),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='Attempts begun.')),
                ('lease', models.UUIDField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('dead_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('request_id', models.TextField(help_text='Id of the request that enqueued it.', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('dead_at', None), ('done_at', None)), fields=['run_at', 'id'], name='outbox_job_waiting'), models.Index(condition=models.Q(('dead_at__isnull', False)), fields=['dead_at'], name='outbox_job_dead'), models.Index(condition=models.Q(('done_at__isnull', False)), fields=['done_at'], name='outbox_job_done')],
                'constraints': [models.CheckConstraint(condition=models.Q(('done_at', None), ('dead_at', None), _connector='OR'), name='outbox_job_one_end'), models.CheckConstraint(condition=models.Q(models.Q(('lease', None), ('leased_until', None)), models.Q(('lease__isnull', False), ('leased_until__isnull', False)), _connector='OR'), name='outbox_job_whole_lease')],
            },
        ),
    ]
