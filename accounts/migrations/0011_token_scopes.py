import django.contrib.postgres.fields
from django.db import migrations, models

# Keys keep what they could: reading, or everything; the trail is read by keys that may administer.
CARRY_OVER = """
    UPDATE accounts_apitoken SET scopes = CASE
        WHEN can_write THEN ARRAY['read', 'write', 'import', 'admin']::varchar(10)[]
        ELSE ARRAY['read']::varchar(10)[] END
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_bulk_loads")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("read", "read"),
                        ("write", "change single rows"),
                        ("import", "load files and many rows at once"),
                        ("admin", "administer: audit trail and settings"),
                    ],
                    max_length=10,
                ),
                default=list,
                size=None,
                verbose_name="may",
            ),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="apitoken", name="can_write"),
    ]
