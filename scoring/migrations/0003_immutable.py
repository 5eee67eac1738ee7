"""What was ranked stays as it was ranked: the database itself refuses to change it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION runs.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a ranking is never changed (%)', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON runs.ranking_row
    FOR EACH ROW EXECUTE FUNCTION runs.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON scoring_rankingrun
    FOR EACH ROW EXECUTE FUNCTION runs.refuse_change();

-- Beside its status, and its author when that person is removed, only a draft may change.
CREATE FUNCTION runs.keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.status IN ('active', 'retired')
       AND to_jsonb(NEW) - '{status,author_id}'::text[]
         = to_jsonb(OLD) - '{status,author_id}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'version % is % and never changes', OLD.number, OLD.status
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON scoring_matrixversion
    FOR EACH ROW EXECUTE FUNCTION runs.keep_version();

CREATE FUNCTION runs.keep_version_criteria() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched scoring_versioncriterion := coalesce(NEW, OLD);
BEGIN
    IF EXISTS (SELECT FROM scoring_matrixversion
               WHERE id = touched.version_id AND status <> 'draft') THEN
        RAISE EXCEPTION 'the criteria of a version that is not a draft never change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN touched;
END $$;

CREATE TRIGGER immutable BEFORE INSERT OR UPDATE OR DELETE ON scoring_versioncriterion
    FOR EACH ROW EXECUTE FUNCTION runs.keep_version_criteria();
"""

BACKWARD = """
DROP TRIGGER immutable ON scoring_versioncriterion;
DROP TRIGGER immutable ON scoring_matrixversion;
DROP TRIGGER immutable ON scoring_rankingrun;
DROP TRIGGER immutable ON runs.ranking_row;
DROP FUNCTION runs.keep_version_criteria;
DROP FUNCTION runs.keep_version;
DROP FUNCTION runs.refuse_change;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_runs")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
