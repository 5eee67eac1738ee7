import dj_database_url
from django.conf import settings
from django.db import migrations, models


def restrict(apps, schema_editor):
    """The application adds seals and reads them, no more, as with the events."""
    owner = schema_editor.connection.settings_dict["USER"]
    role = dj_database_url.parse(settings.DATABASE_URL)["USER"] if settings.DATABASE_URL else owner
    if role != owner:
        name = schema_editor.connection.ops.quote_name(role)
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_seal FROM {name}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("events", models.PositiveIntegerField()),
                ("leaves", models.BinaryField()),
                ("head", models.CharField(max_length=64)),
            ],
            options={"ordering": ["number"]},
        ),
        migrations.RunPython(restrict, migrations.RunPython.noop),
    ]
