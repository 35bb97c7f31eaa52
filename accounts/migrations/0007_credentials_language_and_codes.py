import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The code before it names no member in a code, so that the new constraints hold it to what the old one did."""

    dependencies = [
        ('accounts', '0006_nickname_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='member',
            name='language',
            field=models.CharField(db_default='en', default='en', max_length=10),
        ),
        migrations.AddField(
            model_name='securityevent',
            name='former_email',
            field=models.EmailField(blank=True, db_default='', default='', max_length=254),
        ),
        migrations.AddField(
            model_name='verificationcode',
            name='member',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='codes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='verificationcode',
            constraint=models.UniqueConstraint(condition=models.Q(('member__isnull', True)), fields=('email', 'purpose'), name='code_of_address'),
        ),
        migrations.AddConstraint(
            model_name='verificationcode',
            constraint=models.UniqueConstraint(condition=models.Q(('member__isnull', False)), fields=('member', 'email', 'purpose'), name='code_of_member'),
        ),
        migrations.RemoveConstraint(
            model_name='verificationcode',
            name='code_once',
        ),
    ]
