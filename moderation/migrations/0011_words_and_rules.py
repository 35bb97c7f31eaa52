import django.utils.timezone
from django.db import migrations, models

from moderation.roles import create_roles


def give_permissions(apps, schema_editor):
    create_roles(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0010_appeals'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListedWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=100, unique=True, verbose_name='word')),
                ('reaction', models.CharField(choices=[('refuse', 'refuse the text'), ('report', 'publish it and report it')], max_length=10, verbose_name='reaction')),
                ('is_whole', models.BooleanField(default=False, verbose_name='whole word')),
                ('reason', models.CharField(choices=[('spam', 'Spam or advertising'), ('harassment', 'Harassment or bullying'), ('hate', 'Hate or discrimination'), ('nudity', 'Nudity or sexual content'), ('violence', 'Violence or threats'), ('self_harm', 'Self-harm or suicide'), ('child_safety', 'Endangering children'), ('impersonation', 'Pretending to be somebody else'), ('illegal', 'Against the law'), ('other', 'Another reason')], default='other', max_length=20, verbose_name='reason')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added')),
            ],
            options={
                'verbose_name': 'listed word',
                'verbose_name_plural': 'listed words',
                'ordering': ['text'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Rules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hides_reported_posts', models.BooleanField(default=False, verbose_name='hides posts that many report')),
                ('reporters_to_hide', models.PositiveSmallIntegerField(default=5, verbose_name='reporters that hide a post')),
                ('words_version', models.PositiveBigIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'rules',
                'verbose_name_plural': 'rules',
                'default_permissions': ('view',),
            },
        ),
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
    ]
