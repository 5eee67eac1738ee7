import dj_database_url
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models


# Whoever asks, the application or the owner: a row grows, and may go after a year, when no law asks
# for it any more.  A year and not less, so that what somebody looked at cannot be made to vanish.
TRIGGER = """
CREATE FUNCTION audit_dataaccess_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.day >= current_date - 365 THEN
            RAISE EXCEPTION 'the access log is kept for a year at least';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.day, NEW.actor_id, NEW.token_ref, NEW.client_ref, NEW.first_at)
       IS DISTINCT FROM
       (OLD.id, OLD.day, OLD.actor_id, OLD.token_ref, OLD.client_ref, OLD.first_at)
       OR NEW.views <> OLD.views + 1 OR NOT NEW.ways @> OLD.ways
       OR NOT NEW.contacts @> OLD.contacts OR NEW.last_at < OLD.last_at THEN
        RAISE EXCEPTION 'the access log only grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_dataaccess_grows BEFORE UPDATE OR DELETE ON audit_dataaccess
    FOR EACH ROW EXECUTE FUNCTION audit_dataaccess_grows();
"""
UNDO = """
DROP TRIGGER audit_dataaccess_grows ON audit_dataaccess;
DROP FUNCTION audit_dataaccess_grows();
"""


def restrict(apps, schema_editor):
    """Where the application has a role of its own, it may change what counts, and empty nothing."""
    owner = schema_editor.connection.settings_dict["USER"]
    role = dj_database_url.parse(settings.DATABASE_URL)["USER"] if settings.DATABASE_URL else owner
    if role != owner:
        name = schema_editor.connection.ops.quote_name(role)
        schema_editor.execute(f"REVOKE UPDATE, TRUNCATE ON audit_dataaccess FROM {name}")
        grown = "views, ways, contacts, last_at"
        schema_editor.execute(f"GRANT UPDATE ({grown}) ON audit_dataaccess TO {name}")


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_seals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DataAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('token_ref', models.BigIntegerField(default=0)),
                ('client_ref', models.BigIntegerField(default=0)),
                ('views', models.PositiveIntegerField(default=1)),
                ('ways', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None)),
                ('contacts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-day', '-pk'],
                'abstract': False,
                'base_manager_name': 'unscoped',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['client_ref', '-day'], name='data_access_client'), models.Index(fields=['-day'], name='data_access_day')],
                'constraints': [models.UniqueConstraint(fields=('actor', 'token_ref', 'client_ref', 'day'), name='data_access_once_a_day')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('unscoped', django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunSQL(TRIGGER, UNDO),
        migrations.RunPython(restrict, migrations.RunPython.noop),
    ]
