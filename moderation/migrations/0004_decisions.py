import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import libs.keyset.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0003_private_files'),
        ('posts', '0006_one_index_by_author'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigIntegerField(default=libs.keyset.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('action', models.CharField(max_length=40)),
                ('actor_kind', models.CharField(max_length=10)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(blank=True, max_length=300)),
                ('subject_kind', models.CharField(max_length=10)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('subject_name', models.CharField(blank=True, max_length=300)),
                ('member_id', models.BigIntegerField(null=True)),
                ('is_notified', models.BooleanField(default=False)),
                ('reason', models.CharField(max_length=20)),
                ('text', models.TextField(blank=True)),
                ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('after', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('report_id', models.BigIntegerField(null=True)),
                ('undoes_id', models.BigIntegerField(null=True)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('actor_digest', models.CharField(blank=True, max_length=64)),
                ('member_digest', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'permissions': [('assign_report', 'Can take reports over'), ('dismiss_report', 'Can dismiss reports'), ('uphold_report', 'Can uphold reports without another action'), ('remove_post', 'Can remove posts'), ('restore_post', 'Can restore posts'), ('warn_member', 'Can warn members'), ('suspend_member', 'Can suspend members for days'), ('suspend_member_for_good', 'Can suspend members for good'), ('lift_suspension', 'Can lift suspensions'), ('reset_profile', 'Can reset avatars, nicknames and profile texts'), ('end_sessions', 'Can end the login sessions of members'), ('mute_reporter', 'Can mute reporters'), ('reveal_email', 'Can reveal e-mail addresses and networks of members'), ('decide_appeal', 'Can decide appeals'), ('decide_many', 'Can decide about more than ten at once'), ('change_words', 'Can change the list of words'), ('change_rules', 'Can change the rules that act by themselves'), ('set_role', 'Can change the roles of staff')],
                'default_permissions': ('view',),
            },
        ),
        migrations.AddField(
            model_name='report',
            name='assigned_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='report',
            name='assignee',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='report',
            name='decision_id',
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['created_at', 'id'], name='decision_list'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['member_id', 'created_at', 'id'], name='decision_of_member'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['actor_id', 'created_at', 'id'], name='decision_by_actor'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['subject_kind', 'subject_id'], name='decision_about'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('report_id__isnull', False)), fields=['report_id'], name='decision_of_report'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('undoes_id__isnull', False)), fields=('undoes_id',), name='decision_undone_once'),
        ),
    ]
