import dj_database_url
from django.conf import settings
from django.db import migrations


def restrict(apps, schema_editor):
    """Where the application has a role of its own, it may add events and read them, no more."""
    owner = schema_editor.connection.settings_dict["USER"]
    role = dj_database_url.parse(settings.DATABASE_URL)["USER"] if settings.DATABASE_URL else owner
    if role != owner:
        name = schema_editor.connection.ops.quote_name(role)
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM {name}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_trail")]
    operations = [migrations.RunPython(restrict, migrations.RunPython.noop)]
