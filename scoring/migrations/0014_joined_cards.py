"""Two cards of one client are joined: what names the card that goes may name the one that stays.

Nothing else of a closed decision changes, and only where the joining says that it is at work.
"""

from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION runs.keep_decision_items() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := '{applied_by_id}';
BEGIN
    IF current_setting('kam.joining', true) = 'on' THEN
        free := free || '{client_id}';
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - free = to_jsonb(OLD) - free THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM scoring_decision WHERE id = OLD.decision_id AND status <> 'open') THEN
        RAISE EXCEPTION 'the items of a closed decision never change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0013_import_undo")]

    operations = [migrations.RunSQL(BODY, migrations.RunSQL.noop)]
