"""The goal gate, held by the database: trial and key need a complete open goal."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_goal_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM accounts_goal
        WHERE client_id = NEW.client_id AND status = 'open'
          AND btrim(why) <> '' AND btrim(what_for) <> '' AND btrim(how) <> ''
          AND (measure <> '' OR btrim(own_measure) <> '') AND btrim(unit) <> ''
          AND start IS NOT NULL AND target IS NOT NULL AND due IS NOT NULL
          AND owner_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'client % has no complete goal', NEW.client_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER goal_gate BEFORE INSERT OR UPDATE OF value, taken_over ON accounts_standing
    FOR EACH ROW WHEN (NEW.value IN ('trial', 'key') AND NOT NEW.taken_over)
    EXECUTE FUNCTION accounts_goal_gate();
"""

BACKWARD = """
DROP TRIGGER goal_gate ON accounts_standing;
DROP FUNCTION accounts_goal_gate;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_goals_and_standings")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
