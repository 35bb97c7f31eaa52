from django.db import migrations


class Migration(migrations.Migration):
    """The blacklist app has no index on expiry, and without one a purge reads every token ever issued."""

    dependencies = [
        ("accounts", "0002_initial"),
        ("token_blacklist", "0013_alter_blacklistedtoken_options_and_more"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX outstanding_token_expiry ON token_blacklist_outstandingtoken (expires_at)",
            "DROP INDEX outstanding_token_expiry",
        ),
    ]
