import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

# While kam.import_batch names an import, what statements do to these tables is written down.  Of
# several changes to one row in one import the first "before" and the last "after" are kept.
FUNCTIONS = """
CREATE FUNCTION accounts_keep_import() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    import bigint := nullif(current_setting('kam.import_batch', true), '')::bigint;
BEGIN
    IF import IS NULL THEN
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO accounts_importchange (batch_id, relation, object_id, did, mark)
        SELECT import, TG_TABLE_NAME, n.id, 'made', md5((to_jsonb(n) - 'version')::text) FROM new_rows n;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO accounts_importchange AS c
               (batch_id, relation, object_id, did, before, after, mark)
        SELECT import, TG_TABLE_NAME, id, 'changed', d.before, d.after, md5((fresh - 'version')::text)
          FROM (SELECT n.id, to_jsonb(o) AS old, to_jsonb(n) AS fresh
                  FROM old_rows o JOIN new_rows n USING (id)) r,
               LATERAL (
                   SELECT jsonb_object_agg(e.key, e.value) AS before,
                          jsonb_object_agg(e.key, r.fresh -> e.key) AS after
                     FROM jsonb_each(r.old) e WHERE e.value IS DISTINCT FROM r.fresh -> e.key
               ) d
         WHERE d.before IS NOT NULL
        ON CONFLICT (relation, object_id, batch_id) DO UPDATE
            SET mark = EXCLUDED.mark,
                before = CASE WHEN c.did = 'changed' THEN EXCLUDED.before || c.before END,
                after = CASE WHEN c.did = 'changed' THEN c.after || EXCLUDED.after END;
    ELSE
        INSERT INTO accounts_importchange AS c (batch_id, relation, object_id, did, before)
        SELECT import, TG_TABLE_NAME, o.id, 'removed', to_jsonb(o) FROM old_rows o
        ON CONFLICT (relation, object_id, batch_id) DO UPDATE
            SET did = CASE WHEN c.did = 'made' THEN 'made' ELSE 'removed' END,
                before = EXCLUDED.before || coalesce(c.before, '{}'), after = NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_keep_closing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    import bigint := nullif(current_setting('kam.import_batch', true), '')::bigint;
BEGIN
    IF import IS NOT NULL THEN
        INSERT INTO accounts_importchange AS c
               (batch_id, relation, object_id, did, before, after)
        VALUES (import, TG_TABLE_NAME, NEW.id, 'changed',
                jsonb_build_object('known_to', OLD.known_to),
                jsonb_build_object('known_to', NEW.known_to))
        ON CONFLICT (relation, object_id, batch_id) DO UPDATE SET after = EXCLUDED.after;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_keep_imports_of(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER import_insert AFTER INSERT ON %s'
        ' REFERENCING NEW TABLE AS new_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_import()', kept);
    EXECUTE format('CREATE TRIGGER import_update AFTER UPDATE ON %s'
        ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_import()', kept);
    EXECUTE format('CREATE TRIGGER import_delete AFTER DELETE ON %s'
        ' REFERENCING OLD TABLE AS old_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_import()', kept);
END $$;

CREATE FUNCTION accounts_forget_imports_of(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER import_insert ON %s', kept);
    EXECUTE format('DROP TRIGGER import_update ON %s', kept);
    EXECUTE format('DROP TRIGGER import_delete ON %s', kept);
END $$;
"""
EDITED = ("client", "clientidentifier", "membership", "contact", "productfamily", "product",
          "organisation", "quarantinedrow")
CLOSED = ("document", "payment", "interaction")
FORWARD = (
    FUNCTIONS
    + "".join(f"SELECT accounts_keep_imports_of('accounts_{name}');\n" for name in EDITED)
    + "".join(
        f"CREATE TRIGGER import_closing AFTER UPDATE OF known_to ON accounts_{name} FOR EACH ROW"
        f" WHEN (OLD.known_to IS DISTINCT FROM NEW.known_to)"
        f" EXECUTE FUNCTION accounts_keep_closing();\n"
        for name in CLOSED
    )
)
BACKWARD = (
    "".join(f"SELECT accounts_forget_imports_of('accounts_{name}');\n" for name in EDITED)
    + "".join(f"DROP TRIGGER import_closing ON accounts_{name};\n" for name in CLOSED)
    + """
DROP FUNCTION accounts_forget_imports_of;
DROP FUNCTION accounts_keep_imports_of;
DROP FUNCTION accounts_keep_closing;
DROP FUNCTION accounts_keep_import;
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_scopes_by_their_name"),
        ("jobs", "0001_jobs"),
    ]
    operations = [
        migrations.AddField("importbatch", "revocable", models.BooleanField(default=False, editable=False)),
        migrations.AddField(
            "importbatch", "undo_job",
            models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"),
        ),
        migrations.AddField("importbatch", "undone_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "importbatch", "undone_by",
            models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name="ImportChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("relation", models.CharField(max_length=63)),
                ("object_id", models.BigIntegerField()),
                ("did", models.CharField(choices=[("made", "made"), ("changed", "changed"), ("removed", "removed")], max_length=10)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("mark", models.CharField(blank=True, default="", db_default="", max_length=32)),
                ("batch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="accounts.importbatch")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "objects",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("relation", "object_id", "batch"), name="import_change_once"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
