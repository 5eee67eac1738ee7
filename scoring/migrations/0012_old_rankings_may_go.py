from django.db import migrations

# Rows of a ranking never change, and a ranking with rows never goes.  Once its part of the rows is
# dropped as a whole, the ranking itself may go; what was held against it forgets that.
FORWARD = """
CREATE FUNCTION runs.keep_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF to_regclass('runs.ranking_row_' || OLD.id) IS NULL THEN
            RETURN OLD;
        END IF;
    ELSIF NEW.previous_id IS NULL
          AND to_jsonb(NEW) - 'previous_id' = to_jsonb(OLD) - 'previous_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a ranking is never changed (%)', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER immutable ON scoring_rankingrun;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON scoring_rankingrun
    FOR EACH ROW EXECUTE FUNCTION runs.keep_run();
"""

BACKWARD = """
DROP TRIGGER immutable ON scoring_rankingrun;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON scoring_rankingrun
    FOR EACH ROW EXECUTE FUNCTION runs.refuse_change();
DROP FUNCTION runs.keep_run;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0011_rating_requests")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
