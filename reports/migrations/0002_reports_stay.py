"""What a report said stays: the database itself refuses to change it.

Its way by mail, and links to a schedule or a report that went, may change.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reports_keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{mail,mailed_at,schedule_id,previous_id}'::text[]
     = to_jsonb(OLD) - '{mail,mailed_at,schedule_id,previous_id}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a report is never changed'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER immutable BEFORE UPDATE ON reports_report
    FOR EACH ROW EXECUTE FUNCTION reports_keep_report();
"""

BACKWARD = """
DROP TRIGGER immutable ON reports_report;
DROP FUNCTION reports_keep_report;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_periodic")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
