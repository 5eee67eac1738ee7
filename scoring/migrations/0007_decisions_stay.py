"""A decision that is closed stays as it was decided, with its items and votes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION runs.keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Only the names of people who are removed may go.
    IF OLD.status = 'open' OR (TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - '{author_id,closed_by_id}'::text[]
          = to_jsonb(OLD) - '{author_id,closed_by_id}'::text[]) THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'decision % is closed and never changes', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON scoring_decision
    FOR EACH ROW EXECUTE FUNCTION runs.keep_decision();

CREATE FUNCTION runs.keep_decision_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'applied_by_id' = to_jsonb(OLD) - 'applied_by_id' THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM scoring_decision WHERE id = OLD.decision_id AND status <> 'open') THEN
        RAISE EXCEPTION 'the items of a closed decision never change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER immutable BEFORE UPDATE ON scoring_decisionitem
    FOR EACH ROW EXECUTE FUNCTION runs.keep_decision_items();
"""

BACKWARD = """
DROP TRIGGER immutable ON scoring_decisionitem;
DROP TRIGGER immutable ON scoring_decision;
DROP FUNCTION runs.keep_decision_items;
DROP FUNCTION runs.keep_decision;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0006_decisions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
