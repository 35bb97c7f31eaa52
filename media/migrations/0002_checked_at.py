from django.db import migrations, models

from libs.migrations import AddIndexOnline


class Migration(migrations.Migration):
    """The code before it leaves the new column empty, so clean-up looks at its images once."""

    atomic = False

    dependencies = [
        ('media', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='checked_at',
            field=models.DateTimeField(null=True),
        ),
        AddIndexOnline(
            model_name='image',
            index=models.Index(
                condition=models.Q(('checked_at', None), ('discarded_at', None)), fields=['id'], name='image_to_check'
            ),
        ),
    ]
