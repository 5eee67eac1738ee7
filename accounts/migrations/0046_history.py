import dj_database_url
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

# What people edit is written down by the database, whoever sends the statement.  Nothing is
# written for an import, which has its own record to be undone from (kam.import_batch), while two
# cards are joined (kam.joining), and where a service says so (kam.history): there one event tells
# it all.  Arguments of a trigger: the column that tells the client; the columns that are kept; and
# "whole" where a removed row has no other place that keeps it.
FUNCTIONS = """
CREATE FUNCTION accounts_keep_edit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text[] := TG_ARGV[1];
    person bigint;
BEGIN
    IF coalesce(current_setting('kam.import_batch', true), '') <> ''
       OR coalesce(current_setting('kam.joining', true), '') <> ''
       OR coalesce(current_setting('kam.history', true), '') = 'off' THEN
        RETURN NULL;
    END IF;
    person := nullif(current_setting('kam.actor', true), '')::bigint;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO accounts_edit
               (relation, object_id, client_ref, did, before, after, actor_id, actor_name, request_id)
        SELECT TG_TABLE_NAME, r.id, accounts_client_of(r.fresh, TG_ARGV[0]), 'changed',
               d.before, d.after, person, coalesce(current_setting('kam.actor_name', true), ''),
               coalesce(current_setting('kam.request', true), '')
          FROM (SELECT n.id, to_jsonb(o) AS old, to_jsonb(n) AS fresh
                  FROM old_rows o JOIN new_rows n USING (id)) r,
               LATERAL (
                   SELECT jsonb_object_agg(c, r.old -> c) AS before,
                          jsonb_object_agg(c, r.fresh -> c) AS after
                     FROM unnest(kept) c WHERE r.old -> c IS DISTINCT FROM r.fresh -> c
               ) d
         WHERE d.before IS NOT NULL;
    ELSE
        INSERT INTO accounts_edit
               (relation, object_id, client_ref, did, before, after, actor_id, actor_name, request_id)
        SELECT TG_TABLE_NAME, r.id, accounts_client_of(r.old, TG_ARGV[0]), 'removed',
               CASE WHEN TG_ARGV[2] = 'whole' THEN
                   (SELECT jsonb_object_agg(c, r.old -> c) FROM unnest(kept) c) ELSE '{}' END,
               '{}', person, coalesce(current_setting('kam.actor_name', true), ''),
               coalesce(current_setting('kam.request', true), '')
          FROM (SELECT o.id, to_jsonb(o) AS old FROM old_rows o) r;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_client_of(told jsonb, path text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE path
        WHEN '' THEN NULL
        WHEN 'plan_id' THEN
            (SELECT client_id FROM accounts_accountplan WHERE id = (told ->> 'plan_id')::bigint)
        ELSE (told ->> path)::bigint END
$$;

CREATE FUNCTION accounts_keep_edits_of(edited regclass, client text, kept text[], removed text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER history_update AFTER UPDATE ON %s'
        ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_edit(%L, %L)', edited, client, kept);
    EXECUTE format('CREATE TRIGGER history_delete AFTER DELETE ON %s'
        ' REFERENCING OLD TABLE AS old_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_edit(%L, %L, %L)',
        edited, client, kept, removed);
END $$;

CREATE FUNCTION accounts_forget_edits_of(edited regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER history_update ON %s', edited);
    EXECUTE format('DROP TRIGGER history_delete ON %s', edited);
END $$;

CREATE FUNCTION accounts_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('kam.history', true), '') <> 'off' THEN
        RAISE EXCEPTION 'the history of records is not rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON accounts_edit
    FOR EACH ROW EXECUTE FUNCTION accounts_history_stays();
"""
# Table: the column that tells the client, and the columns that are kept.
EDITED = {
    "client": ("id", "kind name legal_name inn kpp segment country region city employees turnover"
               " lifecycle owner_id team_id sales_manager_id group_id tags own"),
    "membership": ("member_id", "group_id since until known_to"),
    "contact": ("client_id", "client_id name position email phone role influence attitude"
                " reports_to_id counterpart_id left_on left_to blocked_since blocked_until"
                " blocked_reason told_on told_how told_by_id"),
    "goal": ("client_id", "side programme_id why what_for how measure own_measure unit start"
             " target due owner_id status"),
    "accountplan": ("client_id", "title starts ends state number"),
    "plansection": ("plan_id", "position kind name question text"),
    "planaction": ("plan_id", "section_id what owner_id due state settled_on settled_by_id result"),
    "promise": ("client_id", "side what contact_id about due owner_id assured state settled_on"
                " settled_by_id evidence satisfaction"),
    "user": ("", "email name role function team_id key_slots load_points is_active"),
}  # fmt: skip
# Removed for good: no bin keeps them.
WHOLE = ("membership",)
FORWARD = FUNCTIONS + "".join(
    f"SELECT accounts_keep_edits_of('accounts_{name}', '{client}', "
    f"'{{{','.join(columns.split())}}}', '{'whole' if name in WHOLE else ''}');\n"
    for name, (client, columns) in EDITED.items()
)
BACKWARD = (
    "".join(f"SELECT accounts_forget_edits_of('accounts_{name}');\n" for name in EDITED)
    + """
DROP TRIGGER history_stays ON accounts_edit;
DROP FUNCTION accounts_history_stays;
DROP FUNCTION accounts_forget_edits_of;
DROP FUNCTION accounts_keep_edits_of;
DROP FUNCTION accounts_keep_edit;
DROP FUNCTION accounts_client_of;
"""
)


def restrict(apps, schema_editor):
    """Where the application has a role of its own, it never empties the history as a whole."""
    owner = schema_editor.connection.settings_dict["USER"]
    role = dj_database_url.parse(settings.DATABASE_URL)["USER"] if settings.DATABASE_URL else owner
    if role != owner:
        name = schema_editor.connection.ops.quote_name(role)
        schema_editor.execute(f"REVOKE TRUNCATE ON accounts_edit FROM {name}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0045_own_fields_views_twins")]
    operations = [
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("relation", models.CharField(max_length=63)),
                ("object_id", models.BigIntegerField()),
                ("client_ref", models.BigIntegerField(null=True)),
                ("did", models.CharField(choices=[("changed", "changed"), ("removed", "removed")], max_length=7)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("actor_name", models.CharField(max_length=200)),
                ("request_id", models.CharField(max_length=64)),
                ("actor", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-pk"],
                "abstract": False,
                "base_manager_name": "unscoped",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["relation", "object_id"], name="edit_row"),
                    models.Index(fields=["client_ref", "relation"], name="edit_client"),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(restrict, migrations.RunPython.noop),
    ]
